
terraform {
  required_providers {
    aws = { source = "hashicorp/aws" }
  }
}
provider "aws" {
  region = "eu-west-1"
}
data "aws_caller_identity" "current" {}
data "aws_region" "current" {}
data "aws_partition" "current" {}
data "aws_iam_policy_document" "trust" {
  statement {
    actions = ["sts:AssumeRole"]
    principals {
      type        = "Service"
      identifiers = ["lambda.amazonaws.com"]
    }
  }
}

variable "both" {
  default = false
}

variable "extra" {
  default = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:prod/extra-AbCdEf"
}

variable "account" {
  default = "210987654321"
}

provider "aws" {
  alias  = "other"
  region = "eu-west-1"
  assume_role {
    role_arn = "arn:aws:iam::${var.account}:role/deploy"
  }
}

resource "aws_db_instance" "main" {
  instance_class = "db.t3.micro"
}

resource "aws_kms_key" "k" {
  description = "k"

}

resource "aws_secretsmanager_secret" "a" {
  name = "prod/a"

}
resource "aws_secretsmanager_secret_version" "a" {
  secret_id     = aws_secretsmanager_secret.a.id
  secret_string = "x"
}

resource "aws_secretsmanager_secret" "b" {
  name = "prod/b"

}
resource "aws_secretsmanager_secret_version" "b" {
  secret_id     = aws_secretsmanager_secret.b.id
  secret_string = "x"
}

resource "aws_secretsmanager_secret" "c" {
  name       = "prod/c"
  kms_key_id = aws_kms_key.k.arn
}
resource "aws_secretsmanager_secret_version" "c" {
  secret_id     = aws_secretsmanager_secret.c.id
  secret_string = "x"
}

resource "aws_iam_role" "key_id" {
  name               = "key_id-exec"
  assume_role_policy = data.aws_iam_policy_document.trust.json
}
data "aws_iam_policy_document" "key_id" {

  statement {
    actions   = ["secretsmanager:GetSecretValue"]
    resources = [aws_secretsmanager_secret.c.arn]

  }
  statement {
    actions   = ["kms:Decrypt"]
    resources = ["arn:aws:kms:eu-west-1:${data.aws_caller_identity.current.account_id}:key/${aws_kms_key.k.key_id}"]

  }
}
resource "aws_iam_role_policy" "key_id" {
  name   = "key_id"
  role   = aws_iam_role.key_id.id
  policy = data.aws_iam_policy_document.key_id.json
}
resource "aws_lambda_function" "key_id" {
  function_name = "key_id"
  role          = aws_iam_role.key_id.arn
  runtime       = "python3.12"
  handler       = "index.handler"
  filename      = "code.zip"
  timeout       = 10
  environment {
    variables = {
      SECRET_ARN = aws_secretsmanager_secret.c.arn
    }
  }

}

resource "aws_iam_role" "role_by_name" {
  name_prefix        = "exec-"
  assume_role_policy = data.aws_iam_policy_document.trust.json
}
data "aws_iam_policy_document" "role_by_name" {

  statement {
    actions   = ["secretsmanager:GetSecretValue"]
    resources = [aws_secretsmanager_secret.a.arn]

  }
}
resource "aws_iam_role_policy" "role_by_name" {
  name   = "role_by_name"
  role   = aws_iam_role.role_by_name.id
  policy = data.aws_iam_policy_document.role_by_name.json
}
resource "aws_lambda_function" "role_by_name" {
  function_name = "role_by_name"
  role          = "arn:aws:iam::${data.aws_caller_identity.current.account_id}:role/${aws_iam_role.role_by_name.name}"
  runtime       = "python3.12"
  handler       = "index.handler"
  filename      = "code.zip"
  timeout       = 10
  environment {
    variables = {
      SECRET_ARN = aws_secretsmanager_secret.a.arn
    }
  }

}

resource "aws_iam_role" "cut_list" {
  name               = "cut_list-exec"
  assume_role_policy = data.aws_iam_policy_document.trust.json
}
data "aws_iam_policy_document" "cut_list" {

  statement {
    actions   = ["secretsmanager:GetSecretValue"]
    resources = compact([aws_secretsmanager_secret.a.arn, var.both ? aws_secretsmanager_secret.b.arn : ""])
  }
}
resource "aws_iam_role_policy" "cut_list" {
  name   = "cut_list"
  role   = aws_iam_role.cut_list.id
  policy = data.aws_iam_policy_document.cut_list.json
}
resource "aws_lambda_function" "cut_list" {
  function_name = "cut_list"
  role          = aws_iam_role.cut_list.arn
  runtime       = "python3.12"
  handler       = "index.handler"
  filename      = "code.zip"
  timeout       = 10
  environment {
    variables = {
      SECRET_ARN = aws_secretsmanager_secret.b.arn
    }
  }

}

resource "aws_iam_role" "given_beside" {
  name               = "given_beside-exec"
  assume_role_policy = data.aws_iam_policy_document.trust.json
}
data "aws_iam_policy_document" "given_beside" {

  statement {
    actions   = ["secretsmanager:GetSecretValue"]
    resources = compact([aws_secretsmanager_secret.a.arn, var.extra])
  }
}
resource "aws_iam_role_policy" "given_beside" {
  name   = "given_beside"
  role   = aws_iam_role.given_beside.id
  policy = data.aws_iam_policy_document.given_beside.json
}
resource "aws_lambda_function" "given_beside" {
  function_name = "given_beside"
  role          = aws_iam_role.given_beside.arn
  runtime       = "python3.12"
  handler       = "index.handler"
  filename      = "code.zip"
  timeout       = 10
  environment {
    variables = {
      SECRET_ARN = var.extra
    }
  }

}

resource "aws_iam_role" "url_beside" {
  name               = "url_beside-exec"
  assume_role_policy = data.aws_iam_policy_document.trust.json
}
data "aws_iam_policy_document" "url_beside" {

  statement {
    actions   = ["secretsmanager:GetSecretValue"]
    resources = [aws_secretsmanager_secret.a.arn]

  }
}
resource "aws_iam_role_policy" "url_beside" {
  name   = "url_beside"
  role   = aws_iam_role.url_beside.id
  policy = data.aws_iam_policy_document.url_beside.json
}
resource "aws_lambda_function" "url_beside" {
  function_name = "url_beside"
  role          = aws_iam_role.url_beside.arn
  runtime       = "python3.12"
  handler       = "index.handler"
  filename      = "code.zip"
  timeout       = 10
  environment {
    variables = {
      DB_URL           = "postgres://${aws_db_instance.main.address}:${aws_db_instance.main.port}/x"
      READ_SECRET_ARN  = aws_secretsmanager_secret.a.arn
      WRITE_SECRET_ARN = aws_secretsmanager_secret.a.arn
    }
  }

}

resource "aws_iam_role" "cut_documents" {
  name               = "cut_documents-exec"
  assume_role_policy = data.aws_iam_policy_document.trust.json
}
data "aws_iam_policy_document" "cut_documents" {
  source_policy_documents = compact([data.aws_iam_policy_document.key_id.json, var.both ? data.aws_iam_policy_document.cut_list.json : ""])
}
resource "aws_iam_role_policy" "cut_documents" {
  name   = "cut_documents"
  role   = aws_iam_role.cut_documents.id
  policy = data.aws_iam_policy_document.cut_documents.json
}
resource "aws_lambda_function" "cut_documents" {
  function_name = "cut_documents"
  role          = aws_iam_role.cut_documents.arn
  runtime       = "python3.12"
  handler       = "index.handler"
  filename      = "code.zip"
  timeout       = 10
  environment {
    variables = {
      SECRET_ARN = aws_secretsmanager_secret.c.arn
    }
  }

}

resource "aws_iam_role" "same" {
  name               = "same"
  assume_role_policy = data.aws_iam_policy_document.trust.json
}
data "aws_iam_policy_document" "same" {

  statement {
    actions   = ["secretsmanager:GetSecretValue"]
    resources = [aws_secretsmanager_secret.a.arn]

  }
}
resource "aws_iam_role_policy" "same" {
  name   = "same"
  role   = aws_iam_role.same.id
  policy = data.aws_iam_policy_document.same.json
}
resource "aws_lambda_function" "same" {
  for_each      = { left = aws_secretsmanager_secret.a.arn, right = aws_secretsmanager_secret.a.arn }
  function_name = "same-${each.key}"
  role          = aws_iam_role.same.arn
  runtime       = "python3.12"
  handler       = "index.handler"
  filename      = "code.zip"
  timeout       = 10
  environment {
    variables = {
      SECRET_ARN = each.value
    }
  }

}

resource "aws_iam_role" "elsewhere" {
  provider           = aws.other
  name               = "elsewhere-exec"
  assume_role_policy = data.aws_iam_policy_document.trust.json
}
data "aws_iam_policy_document" "elsewhere" {

  statement {
    actions   = ["secretsmanager:GetSecretValue"]
    resources = ["arn:aws:secretsmanager:eu-west-1:${var.account}:secret:prod/d-*"]

  }
}
resource "aws_iam_role_policy" "elsewhere" {
  provider = aws.other
  name     = "elsewhere"
  role     = aws_iam_role.elsewhere.id
  policy   = data.aws_iam_policy_document.elsewhere.json
}
resource "aws_lambda_function" "elsewhere" {
  provider      = aws.other
  function_name = "elsewhere"
  role          = aws_iam_role.elsewhere.arn
  runtime       = "python3.12"
  handler       = "index.handler"
  filename      = "code.zip"
  timeout       = 10
  environment {
    variables = {
      SECRET_ARN = aws_secretsmanager_secret.d.arn
    }
  }

}
resource "aws_secretsmanager_secret" "d" {
  provider = aws.other
  name     = "prod/d"

}
resource "aws_secretsmanager_secret_version" "d" {
  provider      = aws.other
  secret_id     = aws_secretsmanager_secret.d.id
  secret_string = "x"
}

module "statements" {
  source = "./function"
  name   = "statements"
  env    = { SECRET_ARN = aws_secretsmanager_secret.c.arn }
  policy_statements = {
    a = { actions = ["secretsmanager:GetSecretValue"], resources = [aws_secretsmanager_secret.c.arn] }
    k = { actions = ["kms:Decrypt"], resources = [aws_kms_key.k.arn] }
  }
}

module "denied_other" {
  source = "./function"
  name   = "denied_other"
  env    = { SECRET_ARN = aws_secretsmanager_secret.a.arn }
  policy_statements = {
    a = { actions = ["secretsmanager:GetSecretValue"], resources = [aws_secretsmanager_secret.a.arn] }
    b = { effect = "Deny", actions = ["secretsmanager:*"], resources = [aws_secretsmanager_secret.b.arn] }
  }
}
