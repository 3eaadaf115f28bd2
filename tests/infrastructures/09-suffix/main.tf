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

data "aws_caller_identity" "current" {}

data "aws_region" "current" {}

locals {
  secret_name = "prod/loyalty/db"
  secret_arn  = format("arn:aws:secretsmanager:%s:%s:secret:%s", data.aws_region.current.region, data.aws_caller_identity.current.account_id, local.secret_name)
}

resource "aws_secretsmanager_secret" "db" {
  name = local.secret_name
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
  name = "loyalty-exec"
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { Service = "lambda.amazonaws.com" }
      Action    = "sts:AssumeRole"
    }]
  })
}

resource "aws_iam_role_policy" "secrets" {
  name = "secrets"
  role = aws_iam_role.exec.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid      = "ReadSecret"
        Effect   = "Allow"
        Action   = "secretsmanager:GetSecretValue"
        Resource = local.secret_arn
      },
    ]
  })
}

resource "aws_lambda_function" "fn" {
  function_name = "loyalty"
  role          = aws_iam_role.exec.arn
  runtime       = "python3.12"
  handler       = "index.handler"
  filename      = "code.zip"
  timeout       = 10
  architectures = ["x86_64"]

  environment {
    variables = {
      DB_SECRET_NAME = aws_secretsmanager_secret.db.name
      LOG_LEVEL      = "info"
    }
  }
}
