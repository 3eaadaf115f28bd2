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

variable "stage" {
  type    = string
  default = "prod"
}

variable "bounded" {
  type    = bool
  default = true
}

locals {
  log_level = var.stage == "prod" ? "info" : "debug"
}

resource "aws_secretsmanager_secret" "db" {
  name = "${var.stage}/orders/db"
}

resource "random_password" "db" {
  length  = 32
  special = false
}

resource "aws_secretsmanager_secret_version" "db" {
  secret_id     = aws_secretsmanager_secret.db.id
  secret_string = jsonencode({ username = "app", password = random_password.db.result })
}

resource "aws_iam_policy" "boundary" {
  count = var.bounded ? 1 : 0

  name = "team-boundary"
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid      = "Boundary"
      Effect   = "Allow"
      Action   = ["secretsmanager:*", "kms:*"]
      Resource = "*"
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

resource "aws_iam_policy" "secrets" {
  name   = "orders-secrets"
  policy = data.aws_iam_policy_document.secrets.json
}

resource "aws_iam_role" "exec" {
  name = "orders-exec"
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { Service = "lambda.amazonaws.com" }
      Action    = "sts:AssumeRole"
    }]
  })
  permissions_boundary = one(aws_iam_policy.boundary[*].arn)
}

resource "aws_iam_role_policy_attachment" "secrets" {
  role       = aws_iam_role.exec.name
  policy_arn = aws_iam_policy.secrets.arn
}

resource "aws_iam_policy_attachment" "logs" {
  name       = "orders-logs"
  roles      = [aws_iam_role.exec.name]
  policy_arn = "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"
}

resource "aws_lambda_function" "fn" {
  function_name = "orders"
  role          = aws_iam_role.exec.arn
  runtime       = "python3.12"
  handler       = "index.handler"
  filename      = "code.zip"
  timeout       = 10
  architectures = ["x86_64"]

  environment {
    variables = {
      DB_SECRET_ARN = aws_secretsmanager_secret.db.arn
      LOG_LEVEL     = local.log_level
    }
  }
}
