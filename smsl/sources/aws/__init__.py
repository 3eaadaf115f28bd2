"""Facts from the AWS API."""
