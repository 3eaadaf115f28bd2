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

locals {
  teams = {
    "plain"      = "prod/plain/db"
    "a.b"        = "prod/a.b/db"
    "c[0]"       = "prod/c0/db"
    "d\"e"       = "prod/de/db"
    "f/g h"      = "prod/fgh/db"
    "module.x.y" = "prod/xy/db"
  }
}

resource "aws_secretsmanager_secret" "db" {
  for_each = local.teams

  name = each.value
}

resource "aws_iam_role" "exec" {
  count = 2

  name = "exec-${count.index}"
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
  count = 2

  statement {
    sid     = "ReadSecret"
    actions = ["secretsmanager:GetSecretValue"]
    resources = count.index == 0 ? [
      aws_secretsmanager_secret.db["plain"].arn,
      aws_secretsmanager_secret.db["a.b"].arn,
      aws_secretsmanager_secret.db["c[0]"].arn,
      ] : [
      aws_secretsmanager_secret.db["d\"e"].arn,
      aws_secretsmanager_secret.db["f/g h"].arn,
      aws_secretsmanager_secret.db["module.x.y"].arn,
    ]
  }
}

resource "aws_iam_role_policy" "secrets" {
  count = 2

  name   = "secrets"
  role   = aws_iam_role.exec[count.index].id
  policy = data.aws_iam_policy_document.secrets[count.index].json
}

resource "aws_lambda_function" "fn" {
  for_each = local.teams

  function_name = "fn-${index(keys(local.teams), each.key)}"
  role          = aws_iam_role.exec[index(keys(local.teams), each.key) % 2].arn
  runtime       = "python3.12"
  handler       = "index.handler"
  filename      = "code.zip"

  environment {
    variables = {
      DB_SECRET_ARN = aws_secretsmanager_secret.db[each.key].arn
    }
  }
}

module "fn" {
  source   = "./fn"
  for_each = { "team.x" = "x", "team[\"y\"]" = "y" }

  name = each.value
}
