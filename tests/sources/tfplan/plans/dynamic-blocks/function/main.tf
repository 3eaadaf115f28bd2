terraform {
  required_providers {
    aws = {
      source = "hashicorp/aws"
    }
  }
}

variable "name" {
  type = string
}

variable "environment" {
  type    = map(string)
  default = {}
}

variable "statements" {
  type    = any
  default = {}
}

variable "subnet_ids" {
  type    = list(string)
  default = null
}

resource "aws_iam_role" "lambda" {
  count = 1

  name = "${var.name}-exec"
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { Service = "lambda.amazonaws.com" }
      Action    = "sts:AssumeRole"
    }]
  })
}

data "aws_iam_policy_document" "additional" {
  count = length(var.statements) > 0 ? 1 : 0

  dynamic "statement" {
    for_each = var.statements

    content {
      sid       = try(statement.value.sid, replace(statement.key, "/[^0-9A-Za-z]*/", ""))
      effect    = try(statement.value.effect, null)
      actions   = try(statement.value.actions, null)
      resources = try(statement.value.resources, null)
    }
  }
}

resource "aws_iam_policy" "additional" {
  count = length(var.statements) > 0 ? 1 : 0

  name   = var.name
  policy = data.aws_iam_policy_document.additional[0].json
}

resource "aws_iam_role_policy_attachment" "additional" {
  count = length(var.statements) > 0 ? 1 : 0

  role       = aws_iam_role.lambda[0].name
  policy_arn = aws_iam_policy.additional[0].arn
}

resource "aws_lambda_function" "this" {
  count = 1

  function_name = var.name
  role          = one(aws_iam_role.lambda[*].arn)
  runtime       = "python3.12"
  handler       = "index.handler"
  filename      = "code.zip"

  dynamic "environment" {
    for_each = length(keys(var.environment)) == 0 ? [] : [true]

    content {
      variables = var.environment
    }
  }

  dynamic "vpc_config" {
    for_each = var.subnet_ids == null ? [] : [true]

    content {
      subnet_ids         = var.subnet_ids
      security_group_ids = []
    }
  }
}
