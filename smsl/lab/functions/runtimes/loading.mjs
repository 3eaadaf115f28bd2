/**
 * Finds the function that the name of a Node.js handler stands for.
 *
 * Source: https://docs.aws.amazon.com/lambda/latest/dg/nodejs-handler.html; the order of the files and the words of
 * the refusals are those of https://github.com/aws/aws-lambda-nodejs-runtime-interface-client (UserFunction).
 */

import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { pathToFileURL } from "node:url";

import { fault } from "./errors.mjs";

const require = createRequire(import.meta.url);

/** Returns the function for a name such as `folder/module.function` or `module.object.function`. */
export async function load(root, handler) {
  if (handler.includes("..")) {
    const advice = "Use absolute paths when specifying root directories in handler names.";
    throw fault("MalformedHandlerName", `'${handler}' is not a valid handler name. ${advice}`);
  }
  const [, module, names] = /^([^.]*)\.(.*)$/.exec(path.basename(handler)) ?? [];
  if (names === undefined) {
    throw fault("MalformedHandlerName", "Bad handler");
  }
  let found = await loaded(path.resolve(root, path.dirname(handler)), module);
  for (const name of names.split(".")) {
    found = found?.[name];
  }
  if (!found) {
    throw fault("HandlerNotFound", `${handler} is undefined or not exported`);
  }
  if (typeof found !== "function") {
    throw fault("HandlerNotFound", `${handler} is not a function`);
  }
  return found;
}

/** Loads a module. One that `import` does not find keeps its own error: Lambda has a name for `require`'s only. */
async function loaded(directory, module) {
  try {
    return await firstFound(directory, module);
  } catch (error) {
    if (error instanceof SyntaxError) {
      throw fault("UserCodeSyntaxError", String(error));
    }
    if (error?.code === "MODULE_NOT_FOUND") {
      throw fault("ImportModuleError", String(error));
    }
    throw error;
  }
}

/** Loads the first file that is there: as it is named, .js, .mjs, .cjs, and at last as `require` finds it. */
async function firstFound(directory, module) {
  const base = path.join(directory, module);
  if (existsSync(base)) {
    return require(base);
  }
  if (existsSync(`${base}.js`)) {
    return isModule(directory) ? import(pathToFileURL(`${base}.js`)) : require(`${base}.js`);
  }
  if (existsSync(`${base}.mjs`)) {
    return import(pathToFileURL(`${base}.mjs`));
  }
  if (existsSync(`${base}.cjs`)) {
    return require(`${base}.cjs`);
  }
  return require(require.resolve(module, { paths: [directory] }));
}

/** Tells by the nearest package.json whether the .js files of a directory are ES modules. */
function isModule(directory) {
  if (path.basename(directory) === "node_modules") {
    return false;
  }
  const file = path.join(directory, "package.json");
  if (existsSync(file)) {
    try {
      return JSON.parse(readFileSync(file, "utf8"))?.type === "module";
    } catch (error) {
      console.warn(`${file} cannot be read, so it says nothing of ES modules`, error);
      return false;
    }
  }
  const above = path.dirname(directory);
  return above !== directory && isModule(above);
}
