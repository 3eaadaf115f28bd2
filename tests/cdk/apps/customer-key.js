// A secret with a customer managed key; the code is an asset.
"use strict";

const path = require("node:path");
const { Key } = require("aws-cdk-lib/aws-kms");
const lambda = require("aws-cdk-lib/aws-lambda");
const { Secret } = require("aws-cdk-lib/aws-secretsmanager");
const { open, reader } = require("./parts");

const { app, granted, stack } = open();
const invoices = stack("Invoices");
const encryptionKey = new Key(invoices, "Key", { alias: "alias/invoices", enableKeyRotation: true });
const secret = new Secret(invoices, "Secret", { secretName: "prod/invoices/db", encryptionKey });
const code = lambda.Code.fromAsset(path.join(__dirname, "code"));
const fn = reader(invoices, "invoices", secret, { code });
if (granted) secret.grantRead(fn);
app.synth();
