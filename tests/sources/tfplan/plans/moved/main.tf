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

resource "aws_secretsmanager_secret" "database" {
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
    resources = [aws_secretsmanager_secret.database.arn]
  }
}

resource "aws_iam_role_policy" "secrets" {
  name   = "secrets"
  role   = aws_iam_role.exec.id
  policy = data.aws_iam_policy_document.secrets.json
}

module "shop" {
  source     = "./function"
  secret_arn = aws_secretsmanager_secret.database.arn
  role_arn   = aws_iam_role.exec.arn
}

moved {
  from = aws_secretsmanager_secret.db
  to   = aws_secretsmanager_secret.database
}

moved {
  from = aws_lambda_function.fn
  to   = module.shop.aws_lambda_function.this
}
