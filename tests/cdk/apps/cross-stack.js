// The secret in one stack, the function in another: the reference becomes an export and an import.
"use strict";

const { Secret } = require("aws-cdk-lib/aws-secretsmanager");
const { open, reader } = require("./parts");

const { app, granted, stack } = open();
const data = stack("Data");
const secret = new Secret(data, "Secret", { secretName: "prod/orders/db" });
const orders = stack("Orders");
const fn = reader(orders, "orders", secret);
if (granted) secret.grantRead(fn);
app.synth();
