// A database with generated credentials: its secret is reached through its attachment to the database.
"use strict";

const ec2 = require("aws-cdk-lib/aws-ec2");
const rds = require("aws-cdk-lib/aws-rds");
const { open, reader } = require("./parts");

const { app, granted, stack } = open();
const ledger = stack("Ledger");
const vpc = new ec2.Vpc(ledger, "Vpc", { maxAzs: 2, natGateways: 1 });
const database = new rds.DatabaseInstance(ledger, "Database", {
  engine: rds.DatabaseInstanceEngine.postgres({ version: rds.PostgresEngineVersion.VER_16 }),
  credentials: rds.Credentials.fromGeneratedSecret("app", { secretName: "prod/ledger/db" }),
  vpc,
});
const fn = reader(ledger, "ledger", database.secret, { vpc });
database.connections.allowDefaultPortFrom(fn);
if (granted) database.secret.grantRead(fn);
app.synth();
