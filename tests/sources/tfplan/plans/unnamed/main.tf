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

resource "aws_secretsmanager_secret" "prefixed" {
  name_prefix = "prod-shop-"
}

resource "aws_secretsmanager_secret" "unnamed" {
}

resource "aws_iam_role" "exec" {
  name_prefix = "shop-"
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
    actions   = ["secretsmanager:GetSecretValue"]
    resources = [aws_secretsmanager_secret.prefixed.arn]
  }
}

resource "aws_iam_policy" "secrets" {
  policy = data.aws_iam_policy_document.secrets.json
}

resource "aws_iam_role_policy_attachment" "secrets" {
  role       = aws_iam_role.exec.name
  policy_arn = aws_iam_policy.secrets.arn
}

resource "random_id" "suffix" {
  byte_length = 4
}

resource "aws_lambda_function" "fn" {
  function_name = "shop-${random_id.suffix.hex}"
  role          = aws_iam_role.exec.arn
  runtime       = "python3.12"
  handler       = "index.handler"
  filename      = "code.zip"
  timeout       = 10
  architectures = ["x86_64"]

  environment {
    variables = {
      DB_SECRET_ARN = aws_secretsmanager_secret.prefixed.arn
    }
  }
}

resource "aws_lambda_function" "billing" {
  function_name = "billing"
  role          = aws_iam_role.exec.arn
  runtime       = "python3.12"
  handler       = "index.handler"
  filename      = "code.zip"
  timeout       = 10
  architectures = ["x86_64"]

  environment {
    variables = {
      DB_SECRET_ARN = aws_secretsmanager_secret.unnamed.arn
    }
  }
}
