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

resource "aws_iam_role_policy_attachment" "vpc" {
  role       = aws_iam_role.exec.name
  policy_arn = "arn:aws:iam::aws:policy/service-role/AWSLambdaVPCAccessExecutionRole"
}

locals {
  teams = toset(["red", "blue"])
}

module "place" {
  source   = "./place"
  for_each = local.teams

  octet = each.key == "red" ? 1 : 2
}

data "aws_iam_policy_document" "secrets" {
  for_each = local.teams

  statement {
    sid       = "ReadSecret"
    actions   = ["secretsmanager:GetSecretValue"]
    resources = [module.place[each.key].secret]
  }
}

resource "aws_iam_role_policy" "secrets" {
  for_each = data.aws_iam_policy_document.secrets

  name   = "secrets-${each.key}"
  role   = aws_iam_role.exec.id
  policy = each.value.json
}

# Which output is meant the plan does not say: the references are ["module.place", "each.key"].
resource "aws_lambda_function" "fn" {
  for_each = local.teams

  function_name = each.key
  role          = aws_iam_role.exec.arn
  runtime       = "python3.12"
  handler       = "index.handler"
  filename      = "code.zip"

  vpc_config {
    subnet_ids         = module.place[each.key].subnets
    security_group_ids = [module.place[each.key].group]
  }

  environment {
    variables = { DB_SECRET_ARN = module.place[each.key].secret }
  }
}
