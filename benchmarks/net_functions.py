"""What AWS answers about the functions in `net_account`'s network: each has a role, and a secret that it may read."""

from __future__ import annotations

import json

from net_account import ACCOUNT, FUNCTIONS_A_VPC, REGION, Account, Row

from smsl.sources.aws.facts import Answer, Call

KEY = f"arn:aws:kms:{REGION}:{ACCOUNT}:key/1234abcd-12ab-34cd-56ef-1234567890ab"
MAY_ASSUME = {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}


def document(*statements: Row) -> Row:
    return {"Version": "2012-10-17", "Statement": list(statements)}


class Functions(Account):
    """An account with functions: every second one's secret is encrypted with a customer key."""

    def __init__(self, vpcs: int) -> None:
        super().__init__(vpcs)
        self.places = dict(enumerate(self.configurations()))
        self.numbers = {self.name(number): number for number in self.places}

    def name(self, number: int) -> str:
        return f"service-{number // FUNCTIONS_A_VPC:04}-{number % FUNCTIONS_A_VPC:02}"

    def arn(self, number: int) -> str:
        return f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:{self.name(number)}"

    def role(self, number: int) -> str:
        return f"arn:aws:iam::{ACCOUNT}:role/{self.name(number)}-exec"

    def secret(self, number: int) -> str:
        return f"arn:aws:secretsmanager:{REGION}:{ACCOUNT}:secret:prod/{self.name(number)}-AbCdEf"

    def answer(self, call: Call) -> Answer:
        """Return what a call answers."""
        match call.operation:
            case "ListFunctions":
                rows = [{"FunctionName": n, "FunctionArn": self.arn(i)} for n, i in self.numbers.items()]
                return {"Functions": [{**row, "Version": "$LATEST"} for row in rows]}
            case "GetFunctionConfiguration":
                return self._configuration(self.numbers[call.parameters["FunctionName"]])
            case "GetAccountAuthorizationDetails":
                return {"Policies": [], "RoleDetailList": [self._role(number) for number in self.places]}
            case "ListSecrets":
                return {"SecretList": [self._secret(number) for number in self.places]}
            case "GetResourcePolicy":
                return {"ARN": call.parameters["SecretId"]}
            case "ListSecretVersionIds":
                return {"Versions": [{"VersionId": "v1", "VersionStages": ["AWSCURRENT"], "KmsKeyIds": [KEY]}]}
            case "DescribeKey":
                return {"KeyMetadata": {"Arn": KEY, "KeyManager": "CUSTOMER", "KeyState": "Enabled", "Enabled": True}}
            case "GetKeyPolicy":
                root = {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}
                delegated = {"Effect": "Allow", "Principal": root, "Action": "kms:*", "Resource": "*"}
                return {"Policy": json.dumps(document(delegated))}
            case "ListGrants":
                return {"Grants": []}
            case _:
                return super().answer(call)

    def _configuration(self, number: int) -> Row:
        return {
            "FunctionName": self.name(number), "FunctionArn": self.arn(number), "Version": "$LATEST",
            "Role": self.role(number), "Runtime": "python3.12", "Timeout": 10, "State": "Active",
            "LastUpdateStatus": "Successful", "PackageType": "Zip", "Architectures": ["arm64"],
            "VpcConfig": self.places[number], "Environment": {"Variables": {"SECRET_ARN": self.secret(number)}},
        }  # fmt: skip

    def _role(self, number: int) -> Row:
        reads = {"Effect": "Allow", "Action": "secretsmanager:GetSecretValue", "Resource": self.secret(number)}
        via = {"StringEquals": {"kms:ViaService": f"secretsmanager.{REGION}.amazonaws.com"}}
        decrypts = {"Effect": "Allow", "Action": "kms:Decrypt", "Resource": KEY, "Condition": via}
        return {
            "Arn": self.role(number), "RoleName": f"{self.name(number)}-exec", "RoleId": f"AROA{number:016}",
            "Path": "/", "AssumeRolePolicyDocument": document(MAY_ASSUME), "AttachedManagedPolicies": [],
            "RolePolicyList": [{"PolicyName": "secrets", "PolicyDocument": document(reads, decrypts)}],
        }  # fmt: skip

    def _secret(self, number: int) -> Row:
        row = {
            "ARN": self.secret(number), "Name": f"prod/{self.name(number)}", "RotationEnabled": False,
            "SecretVersionsToStages": {"v1": ["AWSCURRENT"]},
        }  # fmt: skip
        return {**row, "KmsKeyId": KEY} if number % 2 else row
