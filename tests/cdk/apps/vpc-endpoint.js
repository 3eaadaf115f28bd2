// A function in isolated subnets, with an interface endpoint that is open to the VPC or to nobody.
"use strict";

const ec2 = require("aws-cdk-lib/aws-ec2");
const { Secret } = require("aws-cdk-lib/aws-secretsmanager");
const { open, reader } = require("./parts");

// As `cdk init` sets it today: a custom resource, with a function of its own, empties the default security group.
const { app, fixed, granted, stack } = open({
  postCliContext: { "@aws-cdk/aws-ec2:restrictDefaultSecurityGroup": true },
});
const checkout = stack("Checkout");
const vpc = new ec2.Vpc(checkout, "Vpc", {
  ipAddresses: ec2.IpAddresses.cidr("10.20.0.0/16"),
  natGateways: 0,
  subnetConfiguration: [{ name: "Isolated", subnetType: ec2.SubnetType.PRIVATE_ISOLATED, cidrMask: 24 }],
  ...(fixed ? { availabilityZones: ["eu-west-1a", "eu-west-1b"] } : { maxAzs: 2 }),
});
vpc.addInterfaceEndpoint("SecretsManager", {
  service: ec2.InterfaceVpcEndpointAwsService.SECRETS_MANAGER,
  open: app.node.tryGetContext("open") !== "no",
});
const secret = new Secret(checkout, "Secret", { secretName: "prod/checkout/db" });
const fn = reader(checkout, "checkout", secret, {
  vpc,
  vpcSubnets: { subnetType: ec2.SubnetType.PRIVATE_ISOLATED },
});
if (granted) secret.grantRead(fn);
app.synth();
