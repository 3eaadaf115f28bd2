"""Where facts come from: the AWS API, plans, templates and environment files."""
