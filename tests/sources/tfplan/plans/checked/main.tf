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
  name = "prod/shop/db"
}

resource "aws_iam_role" "exec" {
  name = "shop-exec"
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
  function_name = "shop"
  role          = aws_iam_role.exec.arn
  runtime       = "python3.12"
  handler       = "index.handler"
  filename      = "code.zip"
  timeout       = 10
  architectures = ["x86_64"]

  environment {
    variables = {
      DB_SECRET_ARN = aws_secretsmanager_secret.db.arn
      LOG_LEVEL     = "info"
    }
  }
}

check "role" {
  assert {
    condition     = aws_iam_role.exec.max_session_duration == 3600
    error_message = "The role's sessions are too long."
  }
}

data "aws_iam_policy_document" "dynamic" {
  dynamic "statement" {
    for_each = { Read = "secretsmanager:GetSecretValue", Describe = "secretsmanager:DescribeSecret" }

    content {
      sid       = statement.key
      actions   = [statement.value]
      resources = [aws_secretsmanager_secret.db.arn]
    }
  }
}

resource "aws_iam_role_policy" "dynamic" {
  name   = "dynamic"
  role   = aws_iam_role.exec.id
  policy = data.aws_iam_policy_document.dynamic.json
}
