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

resource "aws_secretsmanager_secret" "db" {
  name = "prod/reports/db"
}

resource "random_password" "db" {
  length  = 32
  special = false
}

resource "aws_secretsmanager_secret_version" "db" {
  secret_id     = aws_secretsmanager_secret.db.id
  secret_string = jsonencode({ username = "app", password = random_password.db.result })
}

resource "aws_iam_role" "exec" {
  name = "reports-exec"
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { Service = "lambda.amazonaws.com" }
      Action    = "sts:AssumeRole"
    }]
  })
}

data "aws_iam_policy_document" "secrets" {
  statement {
    sid       = "ReadSecret"
    actions   = ["secretsmanager:GetSecretValue"]
    resources = [aws_secretsmanager_secret.db.arn]
  }
}

resource "aws_iam_role_policy" "secrets" {
  name   = "secrets"
  role   = aws_iam_role.exec.id
  policy = data.aws_iam_policy_document.secrets.json
}

resource "aws_lambda_function" "fn" {
  function_name = "reports"
  role          = aws_iam_role.exec.arn
  runtime       = "python3.12"
  handler       = "index.handler"
  filename      = "code.zip"
  timeout       = 10
  architectures = ["x86_64"]
  publish       = true

  environment {
    variables = {
      DB_SECRET_ARN = aws_secretsmanager_secret.db.arn
      LOG_LEVEL     = "info"
    }
  }
}

resource "aws_lambda_alias" "live" {
  name             = "live"
  function_name    = aws_lambda_function.fn.function_name
  function_version = aws_lambda_function.fn.version
}
