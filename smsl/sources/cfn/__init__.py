"""CloudFormation and SAM templates, and what the AWS CDK synthesises, as pieces of what they declare."""
