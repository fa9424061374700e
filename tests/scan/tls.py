"""tls.py PORT AUTHORITY: a server's TLS as sslyze finds it, held against Mozilla's intermediate profile (TLS 1.2 and 1.3, forward
secrecy, curves, the certificate and its path, Heartbleed, ROBOT, CCS injection, compression, renegotiation) and against early
data, which can be played again. Prints every finding and fails where there is one."""

import pathlib
import sys

from sslyze import (
    CertificateInfoExtraArgument,
    ScanCommand,
    ScanCommandAttemptStatusEnum,
    ScanCommandsExtraArguments,
    Scanner,
    ServerNetworkLocation,
    ServerScanRequest,
    ServerScanStatusEnum,
)
from sslyze.mozilla_tls_profile.tls_config_checker import (
    MozillaTlsConfiguration,
    ServerNotCompliantWithTlsConfiguration,
    TlsConfigurationEnum,
    check_server_against_tls_configuration,
)


def scanned(port, authority):
    request = ServerScanRequest(
        server_location=ServerNetworkLocation("localhost", port, ip_address="127.0.0.1"),
        scan_commands_extra_arguments=ScanCommandsExtraArguments(
            certificate_info=CertificateInfoExtraArgument(custom_ca_file=authority)
        ),
    )
    scanner = Scanner()
    scanner.queue_scans([request])
    [result] = scanner.get_results()
    return result


def findings(result):
    if result.scan_status != ServerScanStatusEnum.COMPLETED:
        yield "nobody could connect"
        return
    for command in ScanCommand:
        attempt = getattr(result.scan_result, command.value)
        if attempt.status != ScanCommandAttemptStatusEnum.COMPLETED:
            yield f"{command.value} could not be looked at: {attempt.error_reason}"
            return
    if result.scan_result.tls_1_3_early_data.result.supports_early_data:
        yield "early data is taken"
    profile = MozillaTlsConfiguration.get(TlsConfigurationEnum.MOZILLA_INTERMEDIATE)
    try:
        check_server_against_tls_configuration(result, profile)
    except ServerNotCompliantWithTlsConfiguration as refused:
        yield from (f"{issue}: {why}" for issue, why in refused.issues.items())


found = list(findings(scanned(int(sys.argv[1]), pathlib.Path(sys.argv[2]))))
for finding in found:
    print(f"tls: {finding}", file=sys.stderr)
if found:
    sys.exit(1)
print("tls: sslyze has no finding")
