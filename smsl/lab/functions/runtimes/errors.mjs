/** Errors of Node.js handlers, as Lambda names them and in the forms in which callers and logs get them. */

import { types } from "node:util";

/** Makes an error that Lambda has a name for. */
export function fault(kind, text) {
  const error = new Error(text);
  Object.defineProperty(error, "name", { value: `Runtime.${kind}` });
  Error.captureStackTrace(error, fault); // again, so that its first line has the name
  return error;
}

/** Writes an error as the caller gets it, whatever was thrown. */
export function posted(error) {
  try {
    if (types.isNativeError(error) || isLikeError(error)) {
      const [errorType, errorMessage, stack] = [error.name, error.message, error.stack].map(shown);
      return { errorType, errorMessage, trace: stack.split("\n") };
    }
    return { errorType: typeof error, errorMessage: error.toString(), trace: [] };
  } catch {
    return { errorType: "handled", errorMessage: "What was thrown has a name, message or stack that cannot be read" };
  }
}

/** Writes an error as the log has it: with whatever else it holds. */
export function logged(error) {
  try {
    return JSON.stringify(error instanceof Error ? error : new Error(error), whole);
  } catch {
    return JSON.stringify(posted(error));
  }
}

function isLikeError(error) {
  return [error?.name, error?.message, error?.stack].every((text) => typeof text === "string" && text !== "");
}

function shown(text) {
  return text.replaceAll("\x7f", "%7F");
}

function whole(_name, value) {
  if (!(value instanceof Error)) {
    return value;
  }
  const { name: errorType, message: errorMessage, code, stack } = value;
  return { errorType, errorMessage, code, ...value, stack: stack?.split?.("\n") };
}
