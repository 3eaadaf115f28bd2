variable "name" {}
variable "policy_statements" {
  type = any
}
variable "env" {
  type    = map(string)
  default = {}
}
data "aws_iam_policy_document" "trust" {
  statement {
    actions = ["sts:AssumeRole"]
    principals {
      type        = "Service"
      identifiers = ["lambda.amazonaws.com"]
    }
  }
}
resource "aws_iam_role" "exec" {
  name               = "${var.name}-exec"
  assume_role_policy = data.aws_iam_policy_document.trust.json
}
data "aws_iam_policy_document" "p" {
  dynamic "statement" {
    for_each = var.policy_statements
    content {
      sid         = try(statement.value.sid, replace(statement.key, "/[^0-9A-Za-z]*/", ""))
      effect      = try(statement.value.effect, null)
      actions     = try(statement.value.actions, null)
      not_actions = try(statement.value.not_actions, null)
      resources   = try(statement.value.resources, null)
      dynamic "condition" {
        for_each = try(statement.value.condition, [])
        content {
          test     = condition.value.test
          variable = condition.value.variable
          values   = condition.value.values
        }
      }
    }
  }
}
resource "aws_iam_policy" "p" {
  name   = var.name
  policy = data.aws_iam_policy_document.p.json
}
resource "aws_iam_role_policy_attachment" "p" {
  role       = aws_iam_role.exec.name
  policy_arn = aws_iam_policy.p.arn
}
resource "aws_lambda_function" "this" {
  function_name = var.name
  role          = aws_iam_role.exec.arn
  runtime       = "python3.12"
  handler       = "index.handler"
  filename      = "code.zip"
  timeout       = 10
  dynamic "environment" {
    for_each = length(keys(var.env)) == 0 ? [] : [true]
    content {
      variables = var.env
    }
  }
}
