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

provider "aws" {
  alias  = "virginia"
  region = "us-east-1"

  default_tags {
    tags = { team = "shop" }
  }
}

resource "aws_secretsmanager_secret" "near" {
  name = "prod/shop/db"
}

resource "aws_secretsmanager_secret" "far" {
  provider = aws.virginia

  name = "prod/shop/db"
}

# Since 6.0 of the provider a resource may name its region itself.
resource "aws_secretsmanager_secret" "third" {
  region = "eu-central-1"
  name   = "prod/shop/db"
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
    resources = [aws_secretsmanager_secret.near.arn, aws_secretsmanager_secret.far.arn, aws_secretsmanager_secret.third.arn]
  }
}

resource "aws_iam_role_policy" "secrets" {
  name   = "secrets"
  role   = aws_iam_role.exec.id
  policy = data.aws_iam_policy_document.secrets.json
}

resource "aws_lambda_function" "near" {
  function_name = "near"
  role          = aws_iam_role.exec.arn
  runtime       = "python3.12"
  handler       = "index.handler"
  filename      = "code.zip"
  timeout       = 10
  architectures = ["x86_64"]

  environment {
    variables = {
      DB_SECRET_ARN = aws_secretsmanager_secret.near.arn
    }
  }
}

resource "aws_lambda_function" "far" {
  provider      = aws.virginia
  function_name = "far"
  role          = aws_iam_role.exec.arn
  runtime       = "python3.12"
  handler       = "index.handler"
  filename      = "code.zip"
  timeout       = 10
  architectures = ["x86_64"]

  environment {
    variables = {
      DB_SECRET_ARN = aws_secretsmanager_secret.far.arn
    }
  }
}

resource "aws_lambda_function" "across" {
  function_name = "across"
  role          = aws_iam_role.exec.arn
  runtime       = "python3.12"
  handler       = "index.handler"
  filename      = "code.zip"
  timeout       = 10
  architectures = ["x86_64"]

  environment {
    variables = {
      DB_SECRET_ARN = aws_secretsmanager_secret.far.arn
    }
  }
}

module "there" {
  source    = "./there"
  providers = { aws = aws.virginia }
  role_arn  = aws_iam_role.exec.arn
}
