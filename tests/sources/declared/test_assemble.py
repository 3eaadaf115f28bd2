"""Pieces in any order make the Snapshot that a live account would; what lies under them shows where they are silent."""

from __future__ import annotations

from dataclasses import replace
from ipaddress import ip_network
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from smsl.audit import audit
from smsl.model.evidence import Subject, Verdict
from smsl.model.network import AclEntry, NetworkAcl
from smsl.model.snapshot import Absent, Key, Role, Secret, SecretId, Snapshot
from smsl.model.standin import SUFFIX, drawn, unsettled
from smsl.model.unknown import Unknown
from smsl.model.variable import Confidence, Leak, Other, Reference
from smsl.sources.declared import network_pieces as net_kinds
from smsl.sources.declared import pieces as kinds
from smsl.sources.declared.declaration import Place
from smsl.sources.declared.implicit import default_acl, main_table
from smsl.suppose import audit_under

LAYER = "arn:aws:lambda:eu-west-1:015030872274:layer:AWS-Parameters-and-Secrets-Lambda-Extension-Arm64:11"


def judged(snapshot: Snapshot) -> Subject:
    [subject] = audit(snapshot).subjects
    return subject


def rules(snapshot: Snapshot) -> list[str]:
    return [each.rule.id for each in audit(snapshot).findings]


def base(b: Any, **function: Any) -> list[Any]:
    return [b.function(**function), b.role(), b.reads(), b.secret()]


def placed(b: Any) -> list[Any]:
    return base(b, subnets=(drawn("Private"),), security_groups=(drawn("Group"),))


def test_references_settle_a_fresh_declaration(b: Any) -> None:
    assert judged(b.snapshot(*base(b))).verdict is Verdict.READABLE


@pytest.mark.parametrize(
    "function",
    [{"layers": (unsettled("parameter What"),)}, {"layers": (LAYER,), "architecture": unsettled("parameter What")}],
)
def test_layers_that_are_not_settled_are_taken_to_fit(b: Any, function: dict[str, Any]) -> None:
    settings = {"DB_SECRET_ARN": b.SECRET, "PARAMETERS_SECRETS_EXTENSION_HTTP_PORT": "2773"}
    snapshot = b.snapshot(*base(b, environment=settings, **function))
    assert judged(snapshot).verdict is Verdict.READABLE
    assert [each for each in rules(snapshot) if each.startswith("extension-")] == []
    said = "the layers of orders are assumed to fit: they hang on parameter What"
    assert said in [each.text for each in snapshot.assumptions]


@given(order=st.permutations(range(20)))
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_order_of_the_pieces_says_nothing(b: Any, order: list[int]) -> None:
    pieces = [*placed(b), *b.vpc(nat=True), kinds.ValuePiece(b.ORIGIN, b.SECRET)]
    assert len(pieces) == len(order)
    shuffled = [pieces[each] for each in order]
    found, expected = b.snapshot(*shuffled), b.snapshot(*pieces)
    for member in ("functions", "roles", "secrets", "keys", "networks"):
        assert getattr(found, member) == getattr(expected, member), member


def test_the_grant_of_another_secret_is_none(b: Any) -> None:
    other = b.SECRET.replace("prod/db", "prod/other")
    subject = judged(b.snapshot(b.function(), b.role(), b.reads(other), b.secret()))
    assert (subject.verdict, subject.accesses[0].blocked_by) == (Verdict.BLOCKED, ("identity_policy",))


def test_a_policy_without_the_suffix_is_called_by_its_cause(b: Any) -> None:
    bare = b.SECRET.removesuffix(SUFFIX)
    assert "secret-suffix-mismatch" in rules(b.snapshot(b.function(), b.role(), b.reads(bare), b.secret()))


@pytest.mark.parametrize(
    ("way", "verdict"),
    [
        ({"endpoint": True}, Verdict.READABLE),
        ({"endpoint": False, "nat": True}, Verdict.READABLE),
        ({"endpoint": False}, Verdict.BLOCKED),
    ],
)
def test_a_declared_path_is_traced(b: Any, way: dict[str, bool], verdict: Verdict) -> None:
    assert judged(b.snapshot(*placed(b), *b.vpc(**way))).verdict is verdict


def test_a_vpc_has_what_nobody_declares(b: Any) -> None:
    network = b.snapshot(*b.vpc()).networks[b.REGION]
    vpc = drawn("Vpc")
    assert network.route_tables[main_table(vpc)].main
    assert network.network_acls[default_acl(vpc)].subnets == (drawn("Private"),)
    assert network.vpcs[vpc].dhcp_options in network.dhcp_options


def test_an_acl_takes_its_subnet_from_the_default_one(b: Any) -> None:
    deny = AclEntry(90, allow=False, egress=True, cidr=ip_network("0.0.0.0/0"), protocol="6", ports=(443, 443))
    acl = NetworkAcl(drawn("Acl"), drawn("Vpc"))
    more = [
        net_kinds.NetworkPiece(b.ORIGIN, b.REGION, acl),
        net_kinds.AclEntryPiece(b.ORIGIN, b.REGION, acl.id, deny),
        net_kinds.AclUsePiece(b.ORIGIN, b.REGION, acl.id, drawn("Private")),
    ]
    snapshot = b.snapshot(*placed(b), *b.vpc(), *more)
    assert snapshot.networks[b.REGION].network_acls[default_acl(drawn("Vpc"))].subnets == ()
    assert judged(snapshot).verdict is Verdict.READABLE  # the endpoint's interface is in the same subnet
    assert judged(b.snapshot(*placed(b), *b.vpc(endpoint=False, nat=True), *more)).verdict is Verdict.BLOCKED


def test_the_default_key_policy_leaves_the_decision_to_iam(b: Any) -> None:
    key = kinds.KeyPiece(b.ORIGIN, b.KEY, drawn("Key"), b.ACCOUNT, b.REGION)
    alias = kinds.KeyAliasPiece(b.ORIGIN, "alias/db", f"arn:aws:kms:{b.REGION}:{b.ACCOUNT}:alias/db", drawn("Key"))
    decrypt = kinds.InlinePiece(b.ORIGIN, "orders-exec", b.policy("decrypt", b.allow("kms:Decrypt", b.KEY)))
    pieces = [b.function(), b.role(), b.reads(), b.secret(key="alias/db"), key, alias]
    assert judged(b.snapshot(*pieces)).accesses[0].blocked_by == ("kms_permission",)
    assert judged(b.snapshot(*pieces, decrypt)).verdict is Verdict.READABLE


def test_a_managed_policy_of_aws_is_looked_up_and_an_unknown_one_is_named(b: Any) -> None:
    def attached(arn: str) -> Any:
        return kinds.AttachedPiece(b.ORIGIN, b.ROLE, arn)

    wide = attached("arn:aws:iam::aws:policy/SecretsManagerReadWrite")
    assert judged(b.snapshot(b.function(), b.role(), b.secret(), wide)).verdict is Verdict.READABLE
    missing = attached(f"arn:aws:iam::{b.ACCOUNT}:policy/team")
    subject = judged(b.snapshot(b.function(), b.role(), b.secret(), missing))
    assert subject.verdict is Verdict.UNKNOWN


class TestElsewhere:
    """What is named here and declared elsewhere."""

    @pytest.mark.parametrize(
        "text",
        [
            "prod/db",
            "arn:aws:secretsmanager:eu-west-1:123456789012:secret:prod/db-AbCdEf",
            unsettled("export shop-secret"),
        ],
    )
    def test_a_secret_is_taken_to_be_as_most_are(self, b: Any, text: str) -> None:
        granted = text if "/" not in text or ":" in text else b.SECRET
        named = b.function(environment={"DB_SECRET_NAME": text})
        snapshot = b.snapshot(named, b.role(), b.reads(granted))
        assert judged(snapshot).verdict is Verdict.READABLE
        assert any("declared elsewhere" in each.text for each in snapshot.assumptions)
        assert rules(snapshot) == []
        report = audit(b.snapshot(named, b.role()))
        assert [each.verdict for each in report.subjects] == [Verdict.BLOCKED]
        assert [each.confidence for each in report.findings] == ["medium"]

    def test_a_grant_that_may_be_of_the_secret(self, b: Any) -> None:
        named = b.function(environment={"DB_SECRET_ARN": unsettled("parameter Secret")})
        assert judged(b.snapshot(named, b.role(), b.reads())).verdict is Verdict.UNKNOWN

    def test_a_secret_of_another_account_is_not_known(self, b: Any) -> None:
        theirs = "arn:aws:secretsmanager:eu-west-1:999988887777:secret:prod/db-AbCdEf"
        named = b.function(environment={"DB_SECRET_ARN": theirs})
        subject = judged(b.snapshot(named, b.role(), b.reads(theirs)))
        assert subject.verdict is Verdict.UNKNOWN
        assert "--capture" in subject.accesses[0].needs

    def test_a_boundary_that_denies_still_blocks(self, b: Any) -> None:
        deny = {"Effect": "Deny", "Action": "secretsmanager:*", "Resource": "*"}
        narrow = kinds.ManagedPiece(
            b.ORIGIN, f"arn:aws:iam::{b.ACCOUNT}:policy/narrow", b.policy("managed narrow", b.allow("*"), deny)
        )
        named = b.function(environment={"DB_SECRET_NAME": "prod/db"})
        subject = judged(b.snapshot(named, b.role(boundary=narrow.arn), b.reads(), narrow))
        assert (subject.verdict, subject.accesses[0].blocked_by) == (Verdict.BLOCKED, ("permissions_boundary",))

    def test_a_role_that_is_declared_elsewhere_is_not_taken_for_one_without_policies(self, b: Any) -> None:
        assert judged(b.snapshot(b.function(), b.secret())).verdict is Verdict.UNKNOWN

    @pytest.mark.parametrize(
        "role",
        [
            unsettled("parameter RoleArn"),
            f"arn:aws:iam::{unsettled('parameter Id')}:role/x",
            "arn:aws:iam::account-id:role/x",
        ],
    )
    def test_a_role_that_somebody_else_decides_is_of_the_functions_account(self, b: Any, role: str) -> None:
        [access] = judged(b.snapshot(b.function(role=role), b.secret())).accesses
        assert (access.verdict, access.blockers) == (Verdict.UNKNOWN, ())
        assert "is not declared here" in access.unknowns[0]

    def test_what_hangs_on_a_policy_names_it(self, b: Any) -> None:
        unread = kinds.InlinePiece(b.ORIGIN, "orders-exec", Unknown("policy p hangs on parameter Actions", ("--x",)))
        [access] = judged(b.snapshot(b.function(), b.role(), unread, b.secret())).accesses
        assert access.unknowns[0] == "GetSecretValue is not settled: policy p hangs on parameter Actions"
        assert access.needs == ("--x",)

    def test_a_name_of_which_a_part_is_decided_elsewhere(self, b: Any) -> None:
        env = unsettled("parameter Env")
        arn = f"arn:aws:secretsmanager:{b.REGION}:{b.ACCOUNT}:secret:{env}/db"
        for variables in ({"SECRET_NAME": f"{env}/db"}, {"SECRET_ARN": arn}, {"ANY": f"{arn}:password::"}):
            named = b.function(environment=variables)
            assert judged(b.snapshot(named, b.role(), b.reads(f"{arn}-*"))).verdict is Verdict.READABLE
            assert judged(b.snapshot(named, b.role())).verdict is Verdict.BLOCKED
            assert judged(b.snapshot(named, b.role(), b.reads())).verdict is Verdict.UNKNOWN

    def test_subnets_that_a_parameter_decides(self, b: Any) -> None:
        placed_by = Unknown("parameter SubnetIds has no value", ("--parameter SubnetIds=...",))
        pieces = [b.function(subnets=placed_by, security_groups=("sg-1",)), b.role(), b.reads(), b.secret()]
        assert judged(b.snapshot(*pieces)).verdict is Verdict.UNKNOWN


PASSWORD = f"{'Xk9'}{'vQ2'}mT7pL4"
SECRET_OF_THE_STACK = f"arn:aws:secretsmanager:eu-west-1:123456789012:secret:{drawn('Secret')}{SUFFIX}"


class TestVariables:
    """What variables hold whose values are not settled."""

    def holds(self, b: Any, value: object, name: str = "DB_SECRET_ARN") -> object:
        [function] = b.snapshot(b.function(environment={name: value}), b.role(), b.secret()).functions
        return function.variables[0].holds

    def test_references(self, b: Any) -> None:
        assert self.holds(b, b.SECRET) == Reference(b.SECRET, "secret-arn", certain=True)
        assert self.holds(b, f"{b.SECRET}:password::") == Reference(b.SECRET, "secret-arn", certain=True)
        assert self.holds(b, "prod/db", "ANY") == Reference("prod/db", "secret-name", certain=True)
        whole = unsettled("parameter DbSecret")
        assert self.holds(b, whole) == Reference(whole, "secret-arn", certain=True)

    @pytest.mark.parametrize(
        ("name", "value", "kind"),
        [
            ("DATABASE_SECRET", unsettled("parameter DbSecretArn"), "secret-name"),
            ("SECRET_ID", f"{drawn('AWS::Region')}-db", "secret-name"),
            ("SSM_PARAMETER_NAME", unsettled("parameter P"), "parameter-name"),
            ("DB_PASSWORD", f"{{{{resolve:secretsmanager:{unsettled('parameter P')}:SecretString:x}}}}", "dynamic"),
            ("ANY", f"{{{{resolve:secretsmanager:{SECRET_OF_THE_STACK}:SecretString:x}}}}", "dynamic"),
        ],
    )
    def test_references_of_which_a_part_is_decided_elsewhere(self, b: Any, name: str, value: str, kind: str) -> None:
        found = self.holds(b, value, name)
        assert isinstance(found, Reference)
        assert found.kind.startswith(kind)

    def test_a_name_that_is_not_settled_is_wanted(self, b: Any) -> None:
        value = Unknown("known only after apply")
        assert self.holds(b, value) == Reference(unsettled("known only after apply"), "secret-arn", certain=True)
        named = b.function(environment={"DB_SECRET_ARN": value})
        assert judged(b.snapshot(named, b.role(), b.reads(), b.secret())).verdict is Verdict.UNKNOWN
        assert judged(b.snapshot(named, b.role(), b.reads("*"), b.secret())).verdict is Verdict.READABLE

    def test_passwords_by_what_decides_them(self, b: Any) -> None:
        drawn_one = self.holds(b, unsettled("random_password.db.result"), "DB_LOGIN")
        assert isinstance(drawn_one, Leak)
        assert drawn_one.confidence is Confidence.HIGH
        named = self.holds(b, unsettled("parameter DbPassword"), "DB_PASSWORD")
        assert isinstance(named, Leak)
        assert named.confidence is Confidence.MEDIUM

    def test_what_is_none(self, b: Any) -> None:
        assert isinstance(self.holds(b, unsettled("aws_ssm_parameter.db.name"), "DB_PASSWORD"), Unknown)
        assert isinstance(self.holds(b, unsettled("parameter Stage"), "STAGE"), Unknown)
        assert self.holds(b, f"https://{drawn('Api')}.example", "API_URL") == Other()

    def test_a_password_beside_a_stand_in(self, b: Any) -> None:
        assert isinstance(self.holds(b, f"postgres://app:{PASSWORD}@{unsettled('parameter Host')}:5432", "URL"), Leak)

    def test_one_secret_in_two_functions_is_told(self, b: Any) -> None:
        one = b.function(environment={"DB_PASSWORD": PASSWORD})
        two = replace(one, arn=f"{one.arn}-2", name="billing")
        functions = b.snapshot(one, two, b.role()).functions
        assert [each.variables[0].holds.same for each in functions] == [
            ("billing/DB_PASSWORD",),
            ("orders/DB_PASSWORD",),
        ]


class TestUnder:
    """An account under what is declared."""

    def live(self, b: Any, *pieces: Any) -> Snapshot:
        return b.snapshot(*pieces)  # type: ignore[no-any-return]

    def test_what_is_declared_joins_what_a_role_has(self, b: Any) -> None:
        live = self.live(b, b.function(), b.role(), b.reads(), b.secret())
        deny = {"Effect": "Deny", "Action": "secretsmanager:*", "Resource": "*"}
        more = kinds.InlinePiece(b.ORIGIN, "orders-exec", b.policy('orders-exec, inline "stop"', deny))
        [subject] = audit(b.snapshot(more, under=live)).subjects
        assert (subject.function.name, subject.verdict) == ("orders", Verdict.BLOCKED)
        assert len(b.snapshot(more, under=live).roles[b.ROLE].inline) == 2

    def test_a_policy_of_the_same_name_takes_the_others_place(self, b: Any) -> None:
        live = self.live(b, b.function(), b.role(), b.reads(b.SECRET.replace("prod", "test")), b.secret())
        assert judged(live).verdict is Verdict.BLOCKED
        assert judged(b.snapshot(b.reads(), under=live)).verdict is Verdict.READABLE

    def test_what_is_deleted_is_gone(self, b: Any) -> None:
        live = self.live(b, b.function(), b.role(), b.reads(), b.secret())
        gone = kinds.GonePiece(b.ORIGIN, "inline", "orders-exec", "secrets")
        assert judged(b.snapshot(gone, under=live)).verdict is Verdict.BLOCKED
        nobody = b.snapshot(kinds.GonePiece(b.ORIGIN, "role", b.ROLE), under=live)
        assert judged(nobody).verdict is Verdict.BLOCKED
        assert (
            b.snapshot(kinds.GonePiece(b.ORIGIN, "secret", b.SECRET), under=live).secrets[SecretId(b.REGION, "prod/db")]
            == Absent()
        )

    def test_policies_that_are_the_only_ones(self, b: Any) -> None:
        live = self.live(b, b.function(), b.role(), b.reads(), b.secret())
        only = kinds.ExclusivePiece(b.ORIGIN, "orders-exec", "inline")
        assert judged(b.snapshot(only, under=live)).verdict is Verdict.BLOCKED

    def test_a_declared_function_stands_on_the_account_s_secret_and_key(self, b: Any) -> None:
        key = kinds.KeyPiece(b.ORIGIN, b.KEY, drawn("Key"), b.ACCOUNT, b.REGION)
        live = self.live(b, b.secret(key=b.KEY), key)
        assert isinstance(live.secrets[SecretId(b.REGION, "prod/db")], Secret)
        assert isinstance(live.keys[b.KEY], Key)
        subject = judged(
            b.snapshot(b.function(environment={"DB_SECRET_NAME": "prod/db"}), b.role(), b.reads(), under=live)
        )
        assert subject.accesses[0].blocked_by == ("kms_permission",)

    def test_functions_that_nothing_touches_are_not_judged(self, b: Any) -> None:
        live = self.live(b, b.function(), b.role(), b.reads(), b.secret())
        other = b.function(arn=f"{b.function().arn}-2", name="other")
        assert [each.name for each in b.snapshot(other, under=live).functions] == ["other"]

    def test_what_is_changed_of_a_secret_a_key_or_a_network_is_judged_for_who_uses_it(self, b: Any) -> None:
        live = self.live(b, *base(b))
        gone = kinds.GonePiece(b.ORIGIN, "secret", b.SECRET)
        assert [each.rule.id for each in audit(b.snapshot(gone, under=live)).findings] == ["secret-absent"]
        other = kinds.GonePiece(b.ORIGIN, "secret", b.SECRET.replace("prod", "test"))
        assert b.snapshot(other, under=live).functions == ()
        key = kinds.KeyPiece(b.ORIGIN, b.KEY, drawn("Key"), b.ACCOUNT, b.REGION)
        keyed = self.live(b, b.function(), b.role(), b.reads(), b.secret(key=b.KEY), key)
        deleted = kinds.GonePiece(b.ORIGIN, "key", b.KEY)
        assert "key-unusable" in rules(b.snapshot(deleted, under=keyed))
        inside = self.live(b, *placed(b), *b.vpc())
        away = kinds.GonePiece(b.ORIGIN, "network", drawn("Endpoint"), region=b.REGION)
        assert judged(b.snapshot(away, under=inside)).verdict is Verdict.BLOCKED

    def test_a_network_grows(self, b: Any) -> None:
        live = self.live(b, *placed(b), *b.vpc(endpoint=False))
        assert judged(live).verdict is Verdict.BLOCKED
        end = [each for each in b.vpc() if "Endpoint" in str(each) or "Gate" in str(each)]
        subject = judged(b.snapshot(*placed(b), *end, under=live))
        assert subject.verdict is Verdict.READABLE


class TestSuppositions:
    """Where it goes is not told, and something written down may be its own."""

    def at(self, b: Any, account: str) -> Snapshot:
        arn = f"arn:aws:iam::{account}:role/orders-exec"
        here = b.SECRET.replace(b.ACCOUNT, account)
        return b.snapshot(  # type: ignore[no-any-return]
            b.function(
                arn=b.function().arn.replace(b.ACCOUNT, account),
                account=account,
                role=arn,
                environment={"DB_SECRET_ARN": here},
            ),
            b.role(arn=arn, account=account),
            b.reads(f"arn:aws:secretsmanager:{b.REGION}:{b.ACCOUNT}:secret:prod/db-*"),
            b.secret(arn=here, account=account),
            place=Place(account, b.REGION),
        )

    def test_what_hangs_on_it_is_not_decided(self, b: Any) -> None:
        own, other = self.at(b, b.ACCOUNT), self.at(b, drawn("account"))
        assert judged(own).verdict is Verdict.READABLE
        assert judged(other).verdict is Verdict.BLOCKED
        report = audit_under([other, own])
        [subject] = report.subjects
        assert (subject.verdict, subject.accesses[0].needs) == (Verdict.UNKNOWN, ("--account",))
        [told] = [each for each in report.findings if each.rule.id in ("read-denied", "read-unknown")]
        assert told.message.endswith("is not known: it hangs on the account that this goes to")
        assert told.location == b.ORIGIN

    def test_what_holds_everywhere_is_kept(self, b: Any) -> None:
        report = audit_under([self.at(b, drawn("account")), self.at(b, "999988887777")])
        assert [each.verdict for each in report.subjects] == [Verdict.BLOCKED]
        assert "read-denied" in [each.rule.id for each in report.findings]


def test_a_finding_stands_where_its_statement_is_written(b: Any) -> None:
    line = replace(b.ORIGIN, line=17)
    wide = kinds.InlinePiece(
        b.ORIGIN, "orders-exec", b.policy('orders-exec, inline "all"', b.allow("secretsmanager:*")), (line,)
    )
    report = audit(b.snapshot(b.function(), b.role(), wide, b.secret()))
    [finding] = [each for each in report.findings if each.rule.id == "read-wildcard"]
    assert finding.location == line
    assert isinstance(b.snapshot(b.role()).roles[b.ROLE], Role)
