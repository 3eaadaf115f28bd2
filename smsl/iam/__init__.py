"""What IAM decides: pure functions from a request and its policies to a decision."""
