terraform {
  required_providers {
    aws = {
      source = "hashicorp/aws"
    }
  }
}

provider "aws" {
  region = "eu-west-1"
}

resource "aws_iam_role" "exec" {
  name = "worker-exec"
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { Service = "lambda.amazonaws.com" }
      Action    = "sts:AssumeRole"
    }]
  })
}

module "workers" {
  source   = "./workers"
  for_each = toset(["a", "b", "c"])

  name     = "worker-${each.key}"
  role_arn = aws_iam_role.exec.arn
}

data "aws_iam_policy_document" "secrets" {
  statement {
    sid       = "ReadSecret"
    actions   = ["secretsmanager:GetSecretValue"]
    resources = values(module.workers)[*].secret_arn
  }
}

resource "aws_iam_role_policy" "secrets" {
  name   = "secrets"
  role   = aws_iam_role.exec.id
  policy = data.aws_iam_policy_document.secrets.json
}

resource "aws_secretsmanager_secret" "shared" {
  count = 3

  name = "prod/shared-${count.index}/db"
}

resource "aws_iam_role" "shared" {
  name = "shared-exec"
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { Service = "lambda.amazonaws.com" }
      Action    = "sts:AssumeRole"
    }]
  })
}

data "aws_iam_policy_document" "shared" {
  statement {
    sid       = "ReadSecret"
    actions   = ["secretsmanager:GetSecretValue"]
    resources = aws_secretsmanager_secret.shared[*].arn
  }
}

resource "aws_iam_role_policy" "shared" {
  name   = "shared"
  role   = aws_iam_role.shared.id
  policy = data.aws_iam_policy_document.shared.json
}

resource "aws_lambda_function" "shared" {
  count = 3

  function_name = "shared-${count.index}"
  role          = aws_iam_role.shared.arn
  runtime       = "python3.12"
  handler       = "index.handler"
  filename      = "code.zip"

  environment {
    variables = { DB_SECRET_ARN = aws_secretsmanager_secret.shared[count.index].arn }
  }
}

resource "aws_iam_role" "filtered" {
  name = "filtered-exec"
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { Service = "lambda.amazonaws.com" }
      Action    = "sts:AssumeRole"
    }]
  })
}

data "aws_iam_policy_document" "filtered" {
  statement {
    sid       = "ReadSecret"
    actions   = ["secretsmanager:GetSecretValue"]
    resources = [for name, worker in module.workers : worker.secret_arn if name != "c"]
  }
}

resource "aws_iam_role_policy" "filtered" {
  name   = "filtered"
  role   = aws_iam_role.filtered.id
  policy = data.aws_iam_policy_document.filtered.json
}

resource "aws_lambda_function" "filtered" {
  function_name = "filtered"
  role          = aws_iam_role.filtered.arn
  runtime       = "python3.12"
  handler       = "index.handler"
  filename      = "code.zip"
  timeout       = 10
  architectures = ["x86_64"]

  environment {
    variables = {
      DB_SECRET_ARN = module.workers["a"].secret_arn
    }
  }
}
