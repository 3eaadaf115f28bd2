// The Parameters and Secrets extension, by the layer that aws-cdk-lib knows.
"use strict";

const { Duration } = require("aws-cdk-lib");
const lambda = require("aws-cdk-lib/aws-lambda");
const { Secret } = require("aws-cdk-lib/aws-secretsmanager");
const { open, reader } = require("./parts");

const { app, granted, stack } = open();
const loyalty = stack("Loyalty");
const secret = new Secret(loyalty, "Secret", { secretName: "prod/loyalty/db" });
const fn = reader(loyalty, "loyalty", secret, {
  architecture: lambda.Architecture.ARM_64,
  paramsAndSecrets: lambda.ParamsAndSecretsLayerVersion.fromVersion(lambda.ParamsAndSecretsVersions.V1_0_103, {
    cacheSize: 100,
    secretsManagerTtl: Duration.minutes(4),
  }),
});
if (granted) secret.grantRead(fn);
app.synth();
