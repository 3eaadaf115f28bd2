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

module "secrets" {
  source = "./secrets"
  names  = ["orders", "stock"]
}

module "app" {
  source  = "./app"
  secrets = module.secrets.arns
}

output "functions" {
  value = module.app.functions
}
