// A secret with the AWS managed key.
"use strict";

const { Secret } = require("aws-cdk-lib/aws-secretsmanager");
const { open, reader } = require("./parts");

const { app, granted, stack } = open({ analyticsReporting: true });
const newsletter = stack("Newsletter");
const secret = new Secret(newsletter, "Secret", { secretName: "prod/newsletter/db" });
const fn = reader(newsletter, "newsletter", secret);
if (granted) secret.grantRead(fn);
app.synth();
