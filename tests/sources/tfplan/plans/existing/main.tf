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

data "aws_secretsmanager_secret" "db" {
  name = "prod/shop/db"
}

data "aws_secretsmanager_secret" "mail" {
  arn = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:prod/shop/mail-AbCdEf"
}

data "aws_kms_key" "shared" {
  key_id = "alias/shared"
}

data "aws_iam_role" "exec" {
  name = "shop-exec"
}

data "aws_iam_policy" "read" {
  name = "shop-read"
}

data "aws_vpc" "shared" {
  tags = { Name = "shared" }
}

data "aws_subnets" "private" {
  filter {
    name   = "vpc-id"
    values = [data.aws_vpc.shared.id]
  }
}

data "aws_security_group" "fn" {
  name = "functions"
}

data "aws_iam_policy_document" "secrets" {
  statement {
    sid       = "ReadSecret"
    actions   = ["secretsmanager:GetSecretValue"]
    resources = [data.aws_secretsmanager_secret.db.arn, data.aws_secretsmanager_secret.mail.arn]
  }

  statement {
    sid       = "Decrypt"
    actions   = ["kms:Decrypt"]
    resources = [data.aws_kms_key.shared.arn]
  }
}

resource "aws_iam_role_policy" "secrets" {
  name   = "secrets"
  role   = data.aws_iam_role.exec.name
  policy = data.aws_iam_policy_document.secrets.json
}

resource "aws_iam_role_policy_attachment" "read" {
  role       = data.aws_iam_role.exec.name
  policy_arn = data.aws_iam_policy.read.arn
}

resource "aws_lambda_function" "fn" {
  function_name = "shop"
  role          = data.aws_iam_role.exec.arn
  runtime       = "python3.12"
  handler       = "index.handler"
  filename      = "code.zip"
  timeout       = 10
  architectures = ["x86_64"]

  vpc_config {
    subnet_ids         = data.aws_subnets.private.ids
    security_group_ids = [data.aws_security_group.fn.id]
  }

  environment {
    variables = {
      DB_SECRET_ARN   = data.aws_secretsmanager_secret.db.arn
      MAIL_SECRET_ARN = data.aws_secretsmanager_secret.mail.arn
    }
  }
}
