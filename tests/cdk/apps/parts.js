// What every app begins with. The context says which variant of an app is wanted:
// fixed: the stacks have an account and a region; without it they are environment-agnostic.
// granted: "no" leaves the grant out.
"use strict";

const { App, Stack, Duration } = require("aws-cdk-lib");
const lambda = require("aws-cdk-lib/aws-lambda");

const env = { account: "123456789012", region: "eu-west-1" };

function open(props = {}) {
  const app = new App(props);
  const fixed = app.node.tryGetContext("fixed") === "yes";
  return {
    app,
    granted: app.node.tryGetContext("granted") !== "no",
    fixed,
    stack: (id) => new Stack(app, id, fixed ? { env } : {}),
  };
}

function reader(stack, name, secret, props = {}) {
  const { environment, ...others } = props;
  return new lambda.Function(stack, "Function", {
    functionName: name,
    runtime: lambda.Runtime.PYTHON_3_12,
    handler: "index.handler",
    code: lambda.Code.fromInline('def handler(event, context):\n    return {"statusCode": 200}\n'),
    timeout: Duration.seconds(10),
    environment: { LOG_LEVEL: "info", ...(environment ?? { DB_SECRET_ARN: secret.secretArn }) },
    ...others,
  });
}

module.exports = { env, open, reader };
