"""Why an installation failed: the cause that the output of pip or uv names, and the sentences about it."""

import errno
import os
import platform
import re
import signal
import sys
import sysconfig

KILLED = {-signal.SIGTERM, 128 + signal.SIGTERM} if os.name == "nt" else {-signal.SIGKILL, 128 + signal.SIGKILL}

# In this order: a full disk also breaks connections, and without a connection pip also says "No matching distribution".
SIGNS = [
    ("runtime", r"Visual C\+\+ Redistributable is not installed|aka\.ms/\S*vc_redist"),
    ("disk", r"No space left on device|\[Errno 28\]|os error 28\)|Disk quota exceeded|\[WinError 112\]|os error 112\)"),
    ("path", r"Windows Long Path support|\[WinError 206\]|os error 206\)"),
    ("memory", r"\bMemoryError\b|Cannot allocate memory|os error 12\)"),
    ("certificate", r"CERTIFICATE_VERIFY_FAILED|SSLCertVerificationError|invalid peer certificate|UnknownIssuer"),
    ("proxy", r"ProxyError|Cannot connect to proxy|407 Proxy Auth|Tunnel connection failed|dependencies for SOCKS"),
    (
        "network",  # only when pip gave up (total=0), since a connection that came back is no cause
        r"Retry\(total=0|Max retries exceeded|Temporary failure in name resolution|Name or service not known"
        r"|Network is unreachable|ReadTimeoutError|IncompleteRead|Connection broken|Connection aborted"
        r"|error sending request|dns error|tcp connect error|operation timed out|Could not connect"
        r"|Connection refused|Connection reset by peer|getaddrinfo failed|Read timed out",
    ),
    ("damaged", r"DO NOT MATCH THE HASHES|Hash mismatch|BadZipFile|File is not a zip file|invalid Zip archive"),
    ("server", r"\b(40[1-46-9]|4[1-9]\d|5\d\d) (Client|Server) Error|HTTP error (4|5)\d\d|HTTP status (client|server)"),
    ("version", r"No matching distribution found|Could not find a version that satisfies|ResolutionImpossible"),
    ("version", r"No solution found when resolving|requires a different Python|Requires-Python"),
    ("build", r"Failed building wheel|metadata-generation-failed|subprocess-exited-with-error|Failed to build"),
    ("permission", r"\[Errno 13\]|Permission denied|Read-only file system|\[WinError (5|32)\]|os error (5|13|30|32)\)"),
]

SENTENCES = {
    "disk": "The disk is full. Free some space, or put the installation on a larger disk: {elsewhere}",
    "path": "Windows allows 260 letters for the path of a file, and a package has a longer one here. Move the course "
    "to a folder with a shorter path, or put the installation into one: {elsewhere}",
    "memory": "The computer ran out of memory. Close other programs, then type again: {again}",
    "killed": "The installation was ended from outside; most often the computer was out of memory. "
    "Close other programs, then type again: {again}",
    "certificate": "The certificate of the package index was not accepted. Behind a firewall that opens encrypted "
    "connections, ask who runs it for its certificate file, name it in PIP_CERT, and type again: {again}",
    "proxy": "The proxy refused the connection, or is not there. Look at HTTPS_PROXY (a proxy with a password: "
    "http://user:password@host:port), then type again: {again}",
    "network": "The package index could not be reached. Connect to the network (behind a proxy, set HTTPS_PROXY), "
    "then type again: {again}",
    "damaged": "A download arrived damaged. Type again: {again}",
    "server": "The package index answered with an error ({detail}). Wait a while, then type again: {again}",
    "version": "No release of {package} fits Python {python} on this computer. "
    "Take another Python, for example: {other_python}",
    "build": "There is no ready-made package of {package} for Python {python} on this computer. "
    "Take another Python, for example: {other_python}",
    "permission": "A file could not be written ({detail}). End programs that use the installation, or put it into "
    "a folder of your own: {elsewhere}",
    "runtime": "PyTorch needs Microsoft's Visual C++ Redistributable, which is not installed here. {detail}. "
    "Then type again: {again}",
    "other": "The installation failed: {detail}. To try once more, type: {again}",
}

NO_PYTORCH = {  # where no release of PyTorch fits, whatever Python is taken
    "32 bits": "PyTorch has builds for 64-bit Pythons only, and {executable} is a 32-bit one. If this computer is a "
    "64-bit one, install a 64-bit Python from https://www.python.org/downloads/ and type the command with that one.",
    "intel": "PyTorch has no build for this computer: 2.2 was its last release for Macs with an Intel processor, and "
    "the course needs a newer one. Take another computer, or open the lessons on Colab (README.md says how). On a Mac "
    "with Apple's own processor, type the command with a Python that is made for it.",
    "musl": "PyTorch has no build for this computer: its system has the C library musl (as Alpine Linux does), and "
    "PyTorch needs glibc. Take a system with glibc, such as Debian or Ubuntu, also in a container.",
}


class Problem(Exception):
    """What keeps the installation from going on; the text says what is wrong and what to type."""

    def __init__(self, text, cause="other"):
        super().__init__(text)
        self.cause = cause


def cause_of(output, status):
    """
    Tell why pip or uv failed.

    Parameters
    ----------
    output : str
        All that it printed.
    status : int
        Its exit status; negative when a signal ended it.

    Returns
    -------
    str
        A key of `SENTENCES`.
    """
    if status in KILLED:
        return "killed"
    if re.search(r"from versions: [^n)\s]", output) and "Retry(total=0" not in output:
        return "version"  # releases were listed, so a connection that failed for a moment is not the cause
    for cause, pattern in SIGNS:
        if re.search(pattern, output):
            return cause
    return "other"


def sentence(cause, output, log, **words):
    """
    Say what is wrong, what to type, and where the whole log is.

    Parameters
    ----------
    cause : str
        A key of `SENTENCES`.
    output : str
        All that pip or uv printed.
    log : pathlib.Path
        The file that holds it.
    **words
        What to type: `again`, `elsewhere` and `other_python`; and the version, `python`.
    """
    package = package_of(output)
    text = SENTENCES[cause].format(package=package, detail=detail_of(cause, output), **words)
    if cause in ("version", "build") and package in ("torch", "torchvision"):
        text = no_pytorch() or text
    return f"{text}\nThe whole log: {log}"


def no_pytorch():
    """Say why PyTorch has no build for this computer, whatever Python is taken; "" where it has one."""
    where = ""
    if sys.maxsize < 2**32:
        where = "32 bits"
    elif sys.platform == "darwin" and platform.machine() == "x86_64":
        where = "intel"
    elif "musl" in (sysconfig.get_config_var("HOST_GNU_TYPE") or ""):
        where = "musl"
    return NO_PYTORCH[where].format(executable=sys.executable) if where else ""


def package_of(output):
    """Return the name of the package that pip or uv could not have; "a package" when it does not say."""
    patterns = (
        r"No matching distribution found for ([\w.-]+)",
        r"satisfies the requirement ([\w.-]+)",
        r"Failed building wheel for ([\w.-]+)",
        r"Failed to build `?([\w.-]+)",
        r"there (?:are|is) no versions? of ([\w.-]+)",
        r"Because ([\w.-]+)",
    )
    for pattern in patterns:
        found = re.search(pattern, output)
        if found:
            return found[1]
    return "a package"


def detail_of(cause, output):
    """Return the line of an output that tells most about a cause, without its label."""
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    patterns = [pattern for name, pattern in SIGNS if name == cause]
    named = [line for line in lines if any(re.search(pattern, line) for pattern in patterns)]
    errors = [line for line in lines if re.match(r"error\b", line, re.IGNORECASE)]
    chosen = (named or errors or lines or ["it printed nothing"])[-1]
    return re.sub(r"^error: *", "", chosen, flags=re.IGNORECASE)[:200].rstrip(".")


def from_system(error, log, **words):
    """
    Turn what the system refused into a Problem.

    Parameters
    ----------
    error : OSError
        What happened while the installer itself wrote or renamed a file.
    log : pathlib.Path
        The log.
    **words
        As for `sentence`.
    """
    causes = {errno.ENOSPC: "disk", errno.EDQUOT: "disk", errno.ENOMEM: "memory"}
    causes |= {errno.EACCES: "permission", errno.EPERM: "permission", errno.EROFS: "permission"}
    cause = causes.get(error.errno, "other")
    return Problem(sentence(cause, f"error: {error}", log, **words), cause)
