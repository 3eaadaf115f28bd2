# The functions of the sample account, healthy ones and one for each thing that can go wrong.
#
# Not here: coupons, whose secret waits for its deletion, and the alias of orders, whose version was published with other
# variables than the function has now. Code cannot say either.

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

variable "extension_layer" {
  type    = string
  default = "arn:aws:lambda:eu-west-1:015030872274:layer:AWS-Parameters-and-Secrets-Lambda-Extension:101"
}

data "aws_caller_identity" "current" {}

data "aws_partition" "current" {}

data "aws_region" "current" {}

locals {
  managed = "arn:${data.aws_partition.current.partition}:iam::aws:policy/service-role"

  own_key   = toset(["newsletter", "loyalty", "refunds", "forecasts", "reports", "webhooks", "ledger", "inventory", "pricing", "tracking", "advice", "signup", "orders"])
  other_key = toset(["checkout", "invoices", "shipping", "payroll", "search"])
  chatty    = toset(["newsletter", "refunds", "forecasts", "webhooks"])
  terse     = toset(["reports", "orders"])
  connected = toset(["checkout", "ledger", "inventory", "pricing", "tracking"])
}

# Keys

resource "aws_kms_key" "db" {
  for_each = setsubtract(local.other_key, ["payroll"])

  description = each.key
  is_enabled  = each.key != "search"
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid       = "Account"
      Effect    = "Allow"
      Principal = { AWS = "arn:${data.aws_partition.current.partition}:iam::${data.aws_caller_identity.current.account_id}:root" }
      Action    = "kms:*"
      Resource  = "*"
    }]
  })
}

resource "aws_kms_alias" "db" {
  for_each = aws_kms_key.db

  name          = "alias/${each.key}"
  target_key_id = each.value.key_id
}

data "aws_iam_policy_document" "payroll_key" {
  statement {
    sid       = "Administrator"
    actions   = ["kms:*"]
    resources = ["*"]

    principals {
      type        = "AWS"
      identifiers = [aws_iam_role.key_admin.arn]
    }
  }
}

resource "aws_kms_key" "payroll" {
  description                        = "payroll"
  bypass_policy_lockout_safety_check = true
  policy                             = data.aws_iam_policy_document.payroll_key.json
}

resource "aws_kms_alias" "payroll" {
  name          = "alias/payroll"
  target_key_id = aws_kms_key.payroll.key_id
}

# Secrets

resource "aws_secretsmanager_secret" "db" {
  for_each = local.own_key

  name = "prod/${each.key}/db"
}

resource "aws_secretsmanager_secret" "keyed" {
  for_each = aws_kms_key.db

  name       = "prod/${each.key}/db"
  kms_key_id = each.value.arn
}

resource "aws_secretsmanager_secret" "payroll" {
  name       = "prod/payroll/db"
  kms_key_id = aws_kms_key.payroll.arn
}

resource "aws_secretsmanager_secret" "partners" {
  name = "prod/partners/api"
}

resource "random_password" "db" {
  for_each = setunion(local.own_key, local.other_key)

  length = 32
}

resource "aws_secretsmanager_secret_version" "db" {
  for_each = aws_secretsmanager_secret.db

  secret_id     = each.value.id
  secret_string = jsonencode({ username = "app", password = random_password.db[each.key].result })
}

resource "aws_secretsmanager_secret_version" "keyed" {
  for_each = aws_secretsmanager_secret.keyed

  secret_id     = each.value.id
  secret_string = jsonencode({ username = "app", password = random_password.db[each.key].result })
}

resource "aws_secretsmanager_secret_version" "payroll" {
  secret_id     = aws_secretsmanager_secret.payroll.id
  secret_string = jsonencode({ username = "app", password = random_password.db["payroll"].result })
}

data "aws_iam_policy_document" "refunds_secret" {
  statement {
    effect    = "Deny"
    actions   = ["secretsmanager:GetSecretValue"]
    resources = ["*"]

    principals {
      type        = "AWS"
      identifiers = [aws_iam_role.exec["refunds"].arn]
    }
  }
}

resource "aws_secretsmanager_secret_policy" "refunds" {
  secret_arn = aws_secretsmanager_secret.db["refunds"].arn
  policy     = data.aws_iam_policy_document.refunds_secret.json
}

# Roles

resource "aws_iam_policy" "boundary" {
  name = "team-boundary"
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect   = "Allow"
      Action   = ["logs:*", "s3:*", "dynamodb:*", "kms:*"]
      Resource = "*"
    }]
  })
}

resource "aws_iam_role" "exec" {
  for_each = setunion(local.own_key, local.other_key, toset(["partners", "thumbnails"]))

  name                 = "${each.key}-exec"
  permissions_boundary = each.key == "forecasts" ? aws_iam_policy.boundary.arn : null
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { Service = each.key == "webhooks" ? "ec2.amazonaws.com" : "lambda.amazonaws.com" }
      Action    = "sts:AssumeRole"
    }]
  })
}

resource "aws_iam_role_policy_attachment" "logs" {
  for_each = setsubtract(keys(aws_iam_role.exec), local.connected)

  role       = aws_iam_role.exec[each.key].name
  policy_arn = "${local.managed}/AWSLambdaBasicExecutionRole"
}

resource "aws_iam_role_policy_attachment" "vpc" {
  for_each = local.connected

  role       = aws_iam_role.exec[each.key].name
  policy_arn = "${local.managed}/AWSLambdaVPCAccessExecutionRole"
}

resource "aws_iam_role" "key_admin" {
  name = "key-admin"
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { Service = "lambda.amazonaws.com" }
      Action    = "sts:AssumeRole"
    }]
  })
}

resource "aws_iam_role_policy_attachment" "key_admin" {
  role       = aws_iam_role.key_admin.name
  policy_arn = "${local.managed}/AWSLambdaBasicExecutionRole"
}

data "aws_iam_policy_document" "read" {
  for_each = setsubtract(local.own_key, ["loyalty", "reports"])

  statement {
    sid       = "ReadSecret"
    actions   = ["secretsmanager:GetSecretValue"]
    resources = [aws_secretsmanager_secret.db[each.key].arn]
  }
}

resource "aws_iam_role_policy" "read" {
  for_each = data.aws_iam_policy_document.read

  name   = "secrets"
  role   = aws_iam_role.exec[each.key].id
  policy = each.value.json
}

data "aws_iam_policy_document" "decrypt" {
  for_each = { checkout = data.aws_region.current.region, shipping = "us-east-1", search = data.aws_region.current.region }

  statement {
    sid       = "ReadSecret"
    actions   = ["secretsmanager:GetSecretValue"]
    resources = [aws_secretsmanager_secret.keyed[each.key].arn]
  }

  statement {
    sid       = "DecryptSecret"
    actions   = ["kms:Decrypt"]
    resources = [aws_kms_key.db[each.key].arn]

    condition {
      test     = "StringEquals"
      variable = "kms:ViaService"
      values   = ["secretsmanager.${each.value}.amazonaws.com"]
    }
  }
}

resource "aws_iam_role_policy" "decrypt" {
  for_each = data.aws_iam_policy_document.decrypt

  name   = "secrets"
  role   = aws_iam_role.exec[each.key].id
  policy = each.value.json
}

data "aws_iam_policy_document" "invoices" {
  statement {
    sid       = "ReadSecret"
    actions   = ["secretsmanager:GetSecretValue"]
    resources = [aws_secretsmanager_secret.keyed["invoices"].arn]
  }
}

resource "aws_iam_role_policy" "invoices" {
  name   = "secrets"
  role   = aws_iam_role.exec["invoices"].id
  policy = data.aws_iam_policy_document.invoices.json
}

data "aws_iam_policy_document" "payroll" {
  statement {
    sid       = "ReadSecret"
    actions   = ["secretsmanager:GetSecretValue"]
    resources = [aws_secretsmanager_secret.payroll.arn]
  }

  statement {
    sid       = "DecryptSecret"
    actions   = ["kms:Decrypt"]
    resources = [aws_kms_key.payroll.arn]

    condition {
      test     = "StringEquals"
      variable = "kms:ViaService"
      values   = ["secretsmanager.${data.aws_region.current.region}.amazonaws.com"]
    }
  }
}

resource "aws_iam_role_policy" "payroll" {
  name   = "secrets"
  role   = aws_iam_role.exec["payroll"].id
  policy = data.aws_iam_policy_document.payroll.json
}

data "aws_iam_policy_document" "partners" {
  statement {
    sid       = "ReadSecret"
    actions   = ["secretsmanager:GetSecretValue"]
    resources = [aws_secretsmanager_secret.partners.arn]
  }
}

resource "aws_iam_role_policy" "partners" {
  name   = "secrets"
  role   = aws_iam_role.exec["partners"].id
  policy = data.aws_iam_policy_document.partners.json
}

resource "aws_iam_role_policy" "loyalty" {
  name = "secrets"
  role = aws_iam_role.exec["loyalty"].id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid      = "ReadSecret"
      Effect   = "Allow"
      Action   = "secretsmanager:GetSecretValue"
      Resource = "arn:aws:secretsmanager:${data.aws_region.current.region}:${data.aws_caller_identity.current.account_id}:secret:prod/loyalty/db"
    }]
  })
}

resource "aws_iam_role_policy" "reports" {
  name = "secrets"
  role = aws_iam_role.exec["reports"].id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid      = "Everything"
      Effect   = "Allow"
      Action   = "secretsmanager:*"
      Resource = "*"
    }]
  })
}

# Networks

module "place" {
  source = "./place"
  for_each = {
    shop      = { octet = 10 }
    inventory = { octet = 30, admits = "10.99.0.0/16" }
    pricing   = { octet = 40, private_dns = false }
    tracking  = { octet = 50, endpoint_in = ["a"] }
  }

  name        = each.key
  octet       = each.value.octet
  admits      = lookup(each.value, "admits", "")
  private_dns = lookup(each.value, "private_dns", true)
  endpoint_in = lookup(each.value, "endpoint_in", ["a", "b"])
}

resource "aws_network_acl" "tracking" {
  vpc_id = module.place["tracking"].vpc_id
  tags   = { Name = "tracking-b" }
}

resource "aws_network_acl_rule" "deny_https" {
  network_acl_id = aws_network_acl.tracking.id
  rule_number    = 90
  egress         = true
  rule_action    = "deny"
  protocol       = "tcp"
  from_port      = 443
  to_port        = 443
  cidr_block     = "0.0.0.0/0"
}

resource "aws_network_acl_rule" "allow" {
  for_each = { out = true, in = false }

  network_acl_id = aws_network_acl.tracking.id
  rule_number    = 100
  egress         = each.value
  rule_action    = "allow"
  protocol       = "-1"
  cidr_block     = "0.0.0.0/0"
}

resource "aws_network_acl_association" "tracking" {
  network_acl_id = aws_network_acl.tracking.id
  subnet_id      = module.place["tracking"].subnet_b
}

resource "aws_vpc" "ledger" {
  cidr_block           = "10.20.0.0/16"
  enable_dns_hostnames = true
  tags                 = { Name = "ledger" }
}

resource "aws_subnet" "ledger" {
  for_each = { a = "10.20.0.0/24", b = "10.20.1.0/24" }

  vpc_id            = aws_vpc.ledger.id
  cidr_block        = each.value
  availability_zone = "eu-west-1${each.key}"
  tags              = { Name = "ledger-${each.key}" }
}

resource "aws_security_group" "ledger" {
  name        = "ledger-functions"
  description = "ledger-functions"
  vpc_id      = aws_vpc.ledger.id

  egress {
    protocol    = "tcp"
    from_port   = 443
    to_port     = 443
    cidr_blocks = ["0.0.0.0/0"]
  }

  tags = { Name = "ledger-functions" }
}

# Functions

resource "aws_lambda_function" "chatty" {
  for_each = local.chatty

  function_name = each.key
  role          = aws_iam_role.exec[each.key].arn
  runtime       = "python3.12"
  handler       = "index.handler"
  filename      = "code.zip"
  timeout       = 10
  architectures = ["x86_64"]

  environment {
    variables = {
      DB_SECRET_ARN = aws_secretsmanager_secret.db[each.key].arn
      LOG_LEVEL     = "info"
    }
  }
}

resource "aws_lambda_function" "terse" {
  for_each = local.terse

  function_name = each.key
  role          = aws_iam_role.exec[each.key].arn
  runtime       = "python3.12"
  handler       = "index.handler"
  filename      = "code.zip"
  timeout       = 10
  architectures = ["x86_64"]

  environment {
    variables = { DB_SECRET_ARN = aws_secretsmanager_secret.db[each.key].arn }
  }
}

resource "aws_lambda_function" "keyed" {
  for_each = toset(["invoices", "shipping", "search"])

  function_name = each.key
  role          = aws_iam_role.exec[each.key].arn
  runtime       = "python3.12"
  handler       = "index.handler"
  filename      = "code.zip"
  timeout       = 10
  architectures = ["x86_64"]

  environment {
    variables = { DB_SECRET_ARN = aws_secretsmanager_secret.keyed[each.key].arn }
  }
}

resource "aws_lambda_function" "payroll" {
  function_name = "payroll"
  role          = aws_iam_role.exec["payroll"].arn
  runtime       = "python3.12"
  handler       = "index.handler"
  filename      = "code.zip"
  timeout       = 10
  architectures = ["x86_64"]

  environment {
    variables = { DB_SECRET_ARN = aws_secretsmanager_secret.payroll.arn }
  }
}

resource "aws_lambda_function" "checkout" {
  function_name = "checkout"
  role          = aws_iam_role.exec["checkout"].arn
  runtime       = "python3.12"
  handler       = "index.handler"
  filename      = "code.zip"
  timeout       = 10
  architectures = ["x86_64"]
  layers        = [var.extension_layer]

  vpc_config {
    subnet_ids         = [module.place["shop"].subnet_a, module.place["shop"].subnet_b]
    security_group_ids = [module.place["shop"].function_group]
  }

  environment {
    variables = {
      DB_SECRET_ARN       = aws_secretsmanager_secret.keyed["checkout"].arn
      SECRETS_MANAGER_TTL = "300"
    }
  }
}

resource "aws_lambda_function" "inventory" {
  function_name = "inventory"
  role          = aws_iam_role.exec["inventory"].arn
  runtime       = "python3.12"
  handler       = "index.handler"
  filename      = "code.zip"
  timeout       = 10
  architectures = ["x86_64"]

  vpc_config {
    subnet_ids         = [module.place["inventory"].subnet_a, module.place["inventory"].subnet_b]
    security_group_ids = [module.place["inventory"].function_group]
  }

  environment {
    variables = { DB_SECRET_ARN = aws_secretsmanager_secret.db["inventory"].arn }
  }
}

resource "aws_lambda_function" "pricing" {
  function_name = "pricing"
  role          = aws_iam_role.exec["pricing"].arn
  runtime       = "python3.12"
  handler       = "index.handler"
  filename      = "code.zip"
  timeout       = 10
  architectures = ["x86_64"]

  vpc_config {
    subnet_ids         = [module.place["pricing"].subnet_a, module.place["pricing"].subnet_b]
    security_group_ids = [module.place["pricing"].function_group]
  }

  environment {
    variables = { DB_SECRET_ARN = aws_secretsmanager_secret.db["pricing"].arn }
  }
}

resource "aws_lambda_function" "tracking" {
  function_name = "tracking"
  role          = aws_iam_role.exec["tracking"].arn
  runtime       = "python3.12"
  handler       = "index.handler"
  filename      = "code.zip"
  timeout       = 10
  architectures = ["x86_64"]

  vpc_config {
    subnet_ids         = [module.place["tracking"].subnet_a, module.place["tracking"].subnet_b]
    security_group_ids = [module.place["tracking"].function_group]
  }

  environment {
    variables = { DB_SECRET_ARN = aws_secretsmanager_secret.db["tracking"].arn }
  }
}

resource "aws_lambda_function" "ledger" {
  function_name = "ledger"
  role          = aws_iam_role.exec["ledger"].arn
  runtime       = "python3.12"
  handler       = "index.handler"
  filename      = "code.zip"
  timeout       = 10
  architectures = ["x86_64"]

  vpc_config {
    subnet_ids         = [aws_subnet.ledger["a"].id, aws_subnet.ledger["b"].id]
    security_group_ids = [aws_security_group.ledger.id]
  }

  environment {
    variables = { DB_SECRET_ARN = aws_secretsmanager_secret.db["ledger"].arn }
  }
}

resource "aws_lambda_function" "thumbnails" {
  function_name = "thumbnails"
  role          = aws_iam_role.exec["thumbnails"].arn
  runtime       = "python3.12"
  handler       = "index.handler"
  filename      = "code.zip"
  timeout       = 10
  architectures = ["x86_64"]

  environment {
    variables = { LOG_LEVEL = "info" }
  }
}

resource "aws_lambda_function" "loyalty" {
  function_name = "loyalty"
  role          = aws_iam_role.exec["loyalty"].arn
  runtime       = "python3.12"
  handler       = "index.handler"
  filename      = "code.zip"
  timeout       = 10
  architectures = ["x86_64"]

  environment {
    variables = { DB_SECRET_NAME = aws_secretsmanager_secret.db["loyalty"].name }
  }
}

resource "aws_lambda_function" "partners" {
  function_name = "partners"
  role          = aws_iam_role.exec["partners"].arn
  runtime       = "python3.12"
  handler       = "index.handler"
  filename      = "code.zip"
  timeout       = 10
  architectures = ["x86_64"]

  environment {
    variables = { API_SECRET_NAME = aws_secretsmanager_secret.partners.name }
  }
}

resource "aws_lambda_function" "advice" {
  function_name = "advice"
  role          = aws_iam_role.exec["advice"].arn
  runtime       = "python3.12"
  handler       = "index.handler"
  filename      = "code.zip"
  timeout       = 10
  architectures = ["arm64"]
  layers        = [var.extension_layer]

  environment {
    variables = { DB_SECRET_ARN = aws_secretsmanager_secret.db["advice"].arn }
  }
}

resource "aws_lambda_function" "signup" {
  function_name = "signup"
  role          = aws_iam_role.exec["signup"].arn
  runtime       = "python3.12"
  handler       = "index.handler"
  filename      = "code.zip"
  timeout       = 10
  architectures = ["x86_64"]

  environment {
    variables = {
      DB_SECRET_ARN = aws_secretsmanager_secret.db["signup"].arn
      DB_PASSWORD   = "@@PASSWORD@@"
      DATABASE_URL  = "postgres://app:@@PASSWORD@@@db.internal:5432/signup"
      MAIL_API_KEY  = "@@API_KEY@@"
    }
  }
}
