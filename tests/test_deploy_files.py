"""The image, compose, nginx and the pinned packages keep to the conventions the README promises."""

from __future__ import annotations

import re
import shutil
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

ROOT = Path(__file__).resolve().parent.parent
DOCKERFILE = (ROOT / "Dockerfile").read_text(encoding="utf-8")
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "compose.yaml").read_text(encoding="utf-8"))
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
NGINX = (ROOT / "deploy/nginx.conf").read_text(encoding="utf-8")
PRODUCTION = (ROOT / "cms/settings/production.py").read_text(encoding="utf-8")
SITE_SERVICES = [name for name, service in SERVICES.items() if "build" in service]


def instructions(word: str) -> list[str]:
    """The Dockerfile's instructions of one kind, continued lines joined."""
    joined = re.sub(r"\\\n\s*", " ", DOCKERFILE)
    return [line for line in joined.splitlines() if line.startswith(f"{word} ")]


def required_variables() -> set[str]:
    """What production.py will not start without."""
    return set(re.findall(r'env\.(?:required|words)\("(\w+)"\)', PRODUCTION))


def test_dockerfile_uses_the_python_the_project_is_tested_with() -> None:
    version = (ROOT / ".python-version").read_text(encoding="utf-8").strip()
    assert all(f"python:{version}-slim" in line for line in instructions("FROM"))


def test_dockerfile_installs_only_what_is_hashed() -> None:
    installs = [line for line in instructions("RUN") if "pip install" in line]
    assert installs
    assert all("--require-hashes" in line for line in installs)


def test_dockerfile_serves_as_somebody_who_owns_no_code() -> None:
    last_user = instructions("USER")[-1]
    assert last_user.split()[1] not in {"root", "0"}
    assert DOCKERFILE.index(last_user) < DOCKERFILE.index("\nCMD ")
    assert "--chown" not in DOCKERFILE


def test_dockerfile_builds_with_every_variable_production_needs() -> None:
    (build,) = (line for line in instructions("RUN") if "collectstatic" in line)
    assert required_variables() <= set(re.findall(r"\b([A-Z_]+)=", build))


def test_dockerfile_names_files_that_exist_and_are_sent_to_the_build() -> None:
    ignored = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    named = re.findall(r"(?:deploy|scripts)/[\w.]+", DOCKERFILE)
    assert named
    for name in named:
        assert (ROOT / name).is_file()
        assert name not in ignored
        assert name.split("/")[0] not in ignored


@pytest.mark.parametrize("secret", [".git", ".env", "var", "deploy/certs"])
def test_dockerignore_keeps_data_and_secrets_out_of_the_image(secret: str) -> None:
    assert secret in (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()


def test_compose_has_the_services_the_readme_names() -> None:
    assert set(SERVICES) == {
        "migrate",
        "web",
        "worker",
        "sealer",
        "timer",
        "postgres",
        "nginx",
    }


def test_compose_publishes_nothing_but_nginx() -> None:
    assert [name for name, service in SERVICES.items() if service.get("ports")] == ["nginx"]
    assert SERVICES["postgres"]["networks"] == ["inside"]
    assert COMPOSE["networks"]["inside"]["internal"] is True


@pytest.mark.parametrize("name", SERVICES)
def test_compose_service_is_pinned_confined_and_logs_within_bounds(name: str) -> None:
    service = SERVICES[name]
    if "build" not in service:
        tag = service["image"].partition(":")[2]
        assert re.match(r"\d", tag), "an image without a version changes under you"
    assert "no-new-privileges:true" in service["security_opt"]
    assert not service.get("privileged")
    assert service["logging"]["options"]["max-size"]
    assert "restart" in service


@pytest.mark.parametrize("name", SITE_SERVICES)
def test_compose_site_service_can_write_only_its_data(name: str) -> None:
    service = SERVICES[name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["volumes"] == ["data:/data"]


@pytest.mark.parametrize("name", SITE_SERVICES)
def test_compose_gives_every_variable_production_needs(name: str) -> None:
    assert required_variables() <= set(SERVICES[name]["environment"])


def test_compose_asks_for_no_variable_the_example_leaves_out() -> None:
    text = (ROOT / "compose.yaml").read_text(encoding="utf-8")
    example = (ROOT / "deploy/env.example").read_text(encoding="utf-8")
    assert set(re.findall(r"\$\{(\w+)", text)) == set(
        re.findall(r"^#?(\w+)=", example, re.MULTILINE)
    )


def test_compose_brings_the_schema_up_before_anything_serves() -> None:
    for name in ("web", "worker", "sealer", "timer"):
        condition = SERVICES[name]["depends_on"]["migrate"]["condition"]
        assert condition == "service_completed_successfully"
    assert "createcachetable" in SERVICES["migrate"]["command"]


def test_nginx_keeps_only_what_the_site_calls_public() -> None:
    # A time of nginx's own would keep pages that say nothing, and so somebody's own pages.
    assert not re.search(r"^\s*proxy_cache_valid", NGINX, re.MULTILINE)
    assert not re.search(r"^\s*proxy_ignore_headers (?!Vary;)", NGINX, re.MULTILINE)
    name = re.search(r'SESSION_COOKIE_NAME = "(.+)"', PRODUCTION)
    assert name is not None
    assert f"{name[1]}=" in NGINX


def test_nginx_sets_what_the_site_believes_about_visitors() -> None:
    for header in ("X-Forwarded-For $remote_addr", "X-Forwarded-Proto $scheme"):
        assert f"proxy_set_header {header};" in NGINX
    # A location with one header of its own would lose all of these.
    after_upstream = NGINX[NGINX.index("    server {\n        listen 80") :]
    assert "proxy_set_header" not in after_upstream


def write_certificate(folder: Path) -> None:
    """A certificate for nothing, so that nginx can read its configuration."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "points.example.org")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now)
        .not_valid_after(now + timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    (folder / "fullchain.pem").write_bytes(certificate.public_bytes(pem))
    (folder / "privkey.pem").write_bytes(
        key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )


@pytest.mark.skipif(not shutil.which("nginx"), reason="nginx is not installed")
def test_nginx_reads_its_configuration(tmp_path: Path) -> None:
    write_certificate(tmp_path)
    text = NGINX.replace("/etc/nginx/certs", str(tmp_path)).replace("web:8000", "127.0.0.1:8000")
    text = text.replace("/var/cache/nginx", str(tmp_path)).replace("pid /tmp", f"pid {tmp_path}")
    config = tmp_path / "nginx.conf"
    config.write_text(text, encoding="utf-8")
    done = subprocess.run(
        ["nginx", "-t", "-q", "-c", str(config)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "emerg" not in done.stderr


def pins(name: str) -> dict[str, str]:
    """Packages and versions of a compiled list, each checked to be hashed."""
    text = re.sub(r" \\\n\s+", " ", (ROOT / name).read_text(encoding="utf-8"))
    lines = [line for line in text.splitlines() if line and not line.lstrip().startswith("#")]
    assert all("--hash=sha256:" in line for line in lines)
    return dict(line.split(maxsplit=1)[0].split("==") for line in lines)


def test_requirements_name_no_index_no_host_and_no_path() -> None:
    for name in ("requirements.txt", "requirements-dev.txt", "requirements-bench.txt"):
        text = (ROOT / name).read_text(encoding="utf-8")
        assert not re.search(r"://|--(?:index|extra|find|trusted)| @ |/", text)


def test_requirements_of_development_agree_with_the_sites() -> None:
    site, development = pins("requirements.txt"), pins("requirements-dev.txt")
    shared = site.keys() & development.keys()
    assert {name: site[name] for name in shared} == {name: development[name] for name in shared}
