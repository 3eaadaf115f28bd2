// Secrets that exist already: known by name, by complete ARN, by ARN without suffix, and with the key that they have.
"use strict";

const { Key } = require("aws-cdk-lib/aws-kms");
const { Secret } = require("aws-cdk-lib/aws-secretsmanager");
const { open, reader } = require("./parts");

const ARN = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:prod/partners/db";
const KEY = "arn:aws:kms:eu-west-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab";

const { app, granted, stack } = open();
const partners = stack("Partners");
const ways = {
  name: () => Secret.fromSecretNameV2(partners, "Secret", "prod/partners/db"),
  complete: () => Secret.fromSecretCompleteArn(partners, "Secret", `${ARN}-AbCdEf`),
  partial: () => Secret.fromSecretPartialArn(partners, "Secret", ARN),
  attributes: () =>
    Secret.fromSecretAttributes(partners, "Secret", {
      secretCompleteArn: `${ARN}-AbCdEf`,
      encryptionKey: Key.fromKeyArn(partners, "Key", KEY),
    }),
};
const way = app.node.tryGetContext("way");
const secret = ways[way]();
const environment = way === "name" ? { DB_SECRET_NAME: secret.secretName } : { DB_SECRET_ARN: secret.secretArn };
const fn = reader(partners, "partners", secret, { environment });
if (granted) secret.grantRead(fn);
app.synth();
