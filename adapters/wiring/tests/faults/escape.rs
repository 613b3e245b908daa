//! A kickstart that tries to get out of its build.

use std::os::unix::net::UnixListener;
use std::os::unix::process::CommandExt;

use nix::libc::{self, c_long};

use crate::aftermath::{Before, PACKAGES};
use crate::program::{Ran, Site, demo_repo};

/// Tried in every script that sees the programs of the host; whoever gets at something says GOT.
const TRIES: &str = r#"
got() { echo "GOT $*"; }
# secrets of the host, of the site, of other jobs
for path in /etc/shadow /etc/gshadow /etc/skynet /etc/ssh /root/.ssh /home STATE STATE/queue.db STATE/jobs.db \
    STATE/owners STATE/cache STATE/images SITE SITE/secret /var/lib /var/log /sys/kernel/security; do
  [ -e "$path" ] && got sees $path
done
tr '\0' '\n' </proc/1/environ 2>/dev/null | grep -q IMG_STATE && got environment of the program
for process in /proc/[0-9]*; do
  tr '\0' '\n' <$process/environ 2>/dev/null | grep -q IMG_STATE && got environment of $process
  tr '\0' ' ' <$process/cmdline 2>/dev/null | grep -q "img build" && got sees $process
  for there in root cwd; do
    [ -e $process/$there/SITE/secret ] && got the host by $process/$there
    [ -e $process/$there/etc/shadow ] && got shadow by $process/$there
  done
  for file in $process/fd/*; do
    case $(readlink $file) in *SITE*|*.db|*.lock) got $file $(readlink $file);; esac
  done
done
# sockets
for socket in /run/*/*sock* /run/*sock* /var/run/docker.sock SOCKET; do [ -S $socket ] && got socket $socket; done
perl -MIO::Socket::UNIX -e 'exit !IO::Socket::UNIX->new(Peer => shift)' SOCKET 2>/dev/null && got connected
# changes outside
for folder in / /usr /usr/bin /etc /lib /boot /opt /srv /proc/sys/kernel /sys; do
  touch $folder/img-was-here 2>/dev/null && got wrote in $folder
done
(echo 1 >/proc/sys/kernel/panic) 2>/dev/null && got sysctl
(echo h >/proc/sysrq-trigger) 2>/dev/null && got sysrq
# mounts
mkdir -p /tmp/m
mount -t tmpfs none /tmp/m 2>/dev/null && got mounted
mount -o remount,rw,bind /usr 2>/dev/null && got remounted
mount --bind / /tmp/m 2>/dev/null && got bound
umount /proc 2>/dev/null && got unmounted
unshare -Urm sh -c 'mount -o remount,rw,bind /usr && touch /usr/img-was-here' 2>/dev/null && got /usr by a namespace
unshare -Urm sh -c 'umount -l /usr || umount -l /etc/passwd' 2>/dev/null && got below a mount by a namespace
# devices
for device in "b 259 0" "b 254 0" "b 8 0" "c 1 1"; do
  set -- $device
  mknod /tmp/node$2 $1 $2 $3 2>/dev/null && head -c 1 /tmp/node$2 >/dev/null 2>&1 && got device $device
  mknod $IMG_OUT_DIR/../node$2 $1 $2 $3 2>/dev/null && head -c 1 $IMG_OUT_DIR/../node$2 >/dev/null 2>&1 && got device $device
done
ls /dev | grep -qE '^(sd|vd|nvme|loop|mem|kmsg|kvm)' && got devices in /dev
dmesg >/dev/null 2>&1 && [ "$(cat /proc/sys/kernel/dmesg_restrict)" = 1 ] && got kernel log
# other namespaces, other processes, the kernel
nsenter -t 1 -m -p -u true 2>/dev/null && [ "$(nsenter -t 1 -m stat -c %i / 2>/dev/null)" != "$(stat -c %i /)" ] && got namespaces
kill -0 PROGRAM 2>/dev/null && got signals the program
hostname escaped 2>/dev/null
date -s "$(date)" >/dev/null 2>&1 && got clock
modprobe loop 2>/dev/null && [ -w /sys/module ] && got module
# out of a chroot by a folder that is open
perl -e 'mkdir "/tmp/jail"; opendir(my $d, "/") or exit 1; chroot "/tmp/jail" or exit 1; chdir $d; chdir ".." for 1..64; chroot "." or exit 1;
  print "GOT the host by a chroot\n" if -e "SITE/secret" || -e "/etc/shadow"'
# keys of the session: request_key, on x86-64
perl -e 'my ($type, $name) = ("user", "img-test-secret"); print "GOT a key\n" if syscall(249, $type, $name, 0, 0) > 0'
echo TRIED
"#;

/// Tried in the image, which has busybox alone.
const TRIES_INSIDE: &str = r#"
got() { echo "GOT $*"; }
[ -e /SITE ] && got the site
[ -e /proc/1/root/SITE/secret ] && got the host by its root
for process in /proc/[0-9]*; do
  [ -e $process/root/SITE/secret ] && got the host by $process/root
  [ -e $process/cwd/../log ] && got the log by $process/cwd
  grep -q IMG_STATE $process/environ 2>/dev/null && got environment of $process
done
mkdir -p /tmp/m
mount -t tmpfs none /tmp/m 2>/dev/null && got mounted
mount -t proc none /tmp/m 2>/dev/null && got mounted proc
mknod /tmp/mem c 1 1 2>/dev/null && head -c 1 /tmp/mem >/dev/null 2>&1 && got memory
mknod /tmp/disk b 254 0 2>/dev/null && head -c 1 /tmp/disk >/dev/null 2>&1 && got disk
(echo 1 >/proc/sys/kernel/panic) 2>/dev/null && got sysctl
chroot /proc/1/root test -e /usr/bin/bwrap 2>/dev/null && chroot /proc/1/root test -e SITE/secret && got the host by a chroot
echo TRIED
"#;

/// Puts a key into a keyring of the session, as a login does that needs it for a file server; where there are no keys,
/// there is nothing to be got.
fn keep_a_key() -> std::io::Result<()> {
    let (join, session, secret) = (1 as c_long, -3 as c_long, c"hush");
    // SAFETY: system calls on numbers and texts that end with zero.
    unsafe {
        libc::syscall(libc::SYS_keyctl, join, 0 as c_long);
        let (kind, name) = (c"user".as_ptr(), c"img-test-secret".as_ptr());
        libc::syscall(libc::SYS_add_key, kind, name, secret.as_ptr(), secret.count_bytes(), session);
    }
    Ok(())
}

#[test]
fn no_script_gets_out() {
    let (site, before) = (Site::new(), Before::look());
    site.kickstart("secret", "of the site");
    let socket = site.path().join("socket");
    let _listener = UnixListener::bind(&socket).unwrap();
    let fill = |text: &str| {
        text.replace("SITE", &site.path().display().to_string())
            .replace("STATE/", &format!("{}/state/", site.path().display()))
            .replace("STATE", &format!("{}/state", site.path().display()))
            .replace("SOCKET", &socket.display().to_string())
            .replace("PROGRAM", &std::process::id().to_string())
    };
    // the program's own variable is meant, not the folder
    let tries = fill(&TRIES.replace("IMG_STATE", "IMG_\\S\\TATE")).replace("IMG_\\S\\TATE", "IMG_STATE");
    let inside =
        fill(&TRIES_INSIDE.replace("IMG_STATE", "IMG_\\S\\TATE")).replace("IMG_\\S\\TATE", "IMG_STATE");
    let bash = "--interpreter=/bin/bash";
    site.kickstart(
        "t.ks",
        format!(
            "%pre {bash}\n{tries}%end\n{PACKAGES}%post\n{inside}%end\n%post --nochroot {bash}\n{tries}%end\n\
             %pack {bash}\n{tries}%end\n"
        ),
    );

    let mut build = site.command(&["build", "t.ks", "--type", "fs", "--repo", &demo_repo(), "--json"]);
    // SAFETY: system calls only, on texts that are there already.
    unsafe { build.pre_exec(keep_a_key) };
    #[expect(clippy::disallowed_methods, reason = "the program under test")]
    let ran = Ran::of(&build.output().unwrap());

    assert_eq!(ran.status, Some(0), "{ran:?}");
    let log = std::fs::read_to_string(ran.json()["log_file"].as_str().unwrap()).unwrap();
    let got: Vec<_> = log.lines().filter(|line| line.contains("] GOT ")).collect();
    assert!(got.is_empty(), "{got:#?}");
    assert_eq!(log.matches("] TRIED").count(), 4, "{log}");
    assert!(!std::path::Path::new("/usr/img-was-here").exists());
    let name = std::fs::read_to_string("/proc/sys/kernel/hostname").unwrap();
    assert_ne!(name, "escaped\n");
    before.nothing_is_left(&site, "after all those tries");
}
