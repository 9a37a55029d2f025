"""A Slurm cluster of this machine alone, in a folder and on ports of its own: munged, slurmctld, slurmd."""

import contextlib
import getpass
import os
import pathlib
import shutil
import socket
import subprocess
import time

PROGRAMS = ("munged", "munge", "slurmctld", "slurmd", "sbatch", "squeue", "scancel", "sinfo")
PATIENCE_SECONDS = 40
SYSTEM_FOLDERS = "/usr/sbin:/sbin:/usr/bin:/bin"

CONF = """ClusterName=lockstep
SlurmctldHost={host}(127.0.0.1)
SlurmctldPort={controller_port}
SlurmdPort={node_port}
SlurmUser={user}
SlurmdUser={user}
AuthType=auth/munge
AuthInfo=socket={folder}/munge.socket
CredType=cred/munge
StateSaveLocation={folder}/state
SlurmdSpoolDir={folder}/spool
SlurmctldPidFile={folder}/slurmctld.pid
SlurmdPidFile={folder}/slurmd.pid
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SwitchType=switch/none
MpiDefault=none
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
SchedulerType=sched/backfill
SchedulerParameters=batch_sched_delay=0,sched_interval=2,bf_interval=2
SlurmdParameters=config_overrides
ReturnToService=2
NodeName={host} NodeAddr=127.0.0.1 CPUs=4 State=UNKNOWN
PartitionName=all Nodes=ALL Default=YES MaxTime=INFINITE State=UP
"""


class NoCluster(Exception):
    pass


def missing_programs():
    return [name for name in PROGRAMS if shutil.which(name, path=search_path()) is None]


def search_path():
    return SYSTEM_FOLDERS + ":" + os.environ.get("PATH", "")


def free_ports(count):
    """Ports that nothing listens on; all are held until all are known."""
    sockets = [socket.socket() for _ in range(count)]
    for one in sockets:
        one.bind(("127.0.0.1", 0))
    ports = [one.getsockname()[1] for one in sockets]
    for one in sockets:
        one.close()
    return ports


class LittleSlurm:
    """with LittleSlurm(folder) as cluster: programs with cluster.env talk to it."""

    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        self.env = {**os.environ, "PATH": search_path(), "SLURM_CONF": str(self.folder / "slurm.conf")}
        self.processes = []

    def __enter__(self):
        try:
            self._begin()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        if len(self.processes) == 3:  # slurmd would leave what its jobs started
            self.ask("scancel", f"--user={getpass.getuser()}")
            with contextlib.suppress(NoCluster):
                self._until("an end of all jobs", lambda: not self.ask("squeue", "--noheader").stdout.strip())
        for process in reversed(self.processes):
            process.terminate()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()

    def _begin(self):
        os.chmod(self.folder, 0o755)  # the socket's folder must be open to those who use it
        for name in ("state", "spool", "log"):
            (self.folder / name).mkdir(mode=0o755)
        key = self.folder / "munge.key"
        key.write_bytes(os.urandom(128))
        key.chmod(0o400)
        controller_port, node_port = free_ports(2)
        (self.folder / "slurm.conf").write_text(CONF.format(
            host=socket.gethostname().split(".")[0], folder=self.folder, user=getpass.getuser(),
            controller_port=controller_port, node_port=node_port))
        (self.folder / "cgroup.conf").write_text("CgroupAutomount=no\n")
        self._start("munged", "--foreground", "--force", f"--socket={self.folder}/munge.socket",
                    f"--key-file={key}", f"--pid-file={self.folder}/munged.pid",
                    f"--log-file={self.folder}/log/munged-own.txt", f"--seed-file={self.folder}/munge.seed")
        self._until("munged", lambda: (self.folder / "munge.socket").exists())
        self._start("slurmctld", "-D", "-i", "-f", self.env["SLURM_CONF"])
        self._start("slurmd", "-D", "-f", self.env["SLURM_CONF"])
        self._until("a node that is idle",
                    lambda: self.ask("sinfo", "--noheader", "--format=%T").stdout.strip() == "idle")

    def ask(self, *words):
        return subprocess.run(words, env=self.env, capture_output=True, text=True, timeout=60)

    def _start(self, name, *words):
        with open(self.folder / "log" / f"{name}.txt", "w", encoding="utf-8") as log:
            self.processes.append(subprocess.Popen([name, *words], env=self.env, stdin=subprocess.DEVNULL,
                                                   stdout=log, stderr=log, start_new_session=True))

    def _until(self, what, holds):
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not holds():
            ended = [process.args[0] for process in self.processes if process.poll() is not None]
            if ended or time.monotonic() > deadline:
                raise NoCluster(f"{what}: not within {PATIENCE_SECONDS} s; ended: {ended}\n{self.logs()}")
            time.sleep(0.05)

    def logs(self):
        return "\n".join(f"{path.name}: {path.read_text(errors='replace')[-1500:]}"
                         for path in sorted((self.folder / "log").iterdir()))
