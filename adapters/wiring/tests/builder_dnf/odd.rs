//! Kickstarts and images that nobody would write, but by mistake or on purpose.

use imaging::ImageType;

use crate::support::{Scene, built, repo, tool};

#[tokio::test]
async fn links_between_folders_lead_where_they_will_in_the_running_image() {
    let (scene, image, warnings) = built(
        "REPO\nlang fi_FI.UTF-8\ntimezone --utc UTC\nuser --name=ann --uid=1100\nsshkey --username=ann \"ssh-ed25519 AAAA\"\n\
         %packages\nbusybox\nsetup\n%end\n\
         %pre --erroronfail\ncd $INSTALL_ROOT\nmkdir -p etc data/home build/home\nln -s /data/home home\nln -s /build/home etc/sysconfig\n\
         ln -s /build/home log\n%end\n\
         %post --log=/log/post.txt\necho said\n%end\n\
         %post --nochroot --log=/build/root/../home/lost\ncp /build/home/* $IMG_OUT_DIR/ || true\n%end\n",
    )
    .await;

    assert_eq!(
        warnings,
        [
            "line 20: `%post`: --log=/build/root/../home/lost has no effect; the log of the build has what it printed"
        ]
    );
    assert_eq!(image.stat("/data/home/ann"), "0700 1100 1100");
    assert_eq!(image.read("/data/home/ann/.ssh/authorized_keys"), "ssh-ed25519 AAAA\n");
    assert_eq!(
        image.read("/build/home/i18n"),
        "LANG=\"fi_FI.UTF-8\"\n",
        "a folder of the image that is called so"
    );
    assert_eq!(image.read("/build/home/post.txt"), "said\n");
    assert_eq!(scene.files(), ["demo.img", "demo.ks", "log"], "nothing came beside the image");
}

#[tokio::test]
async fn services_are_told_as_systemctl_would() {
    let (_scene, image, warnings) = built(
        "REPO\nfirewall --enabled\nservices --disabled=firewalld,asleep,old --enabled=one,masked,many@\n%packages\nbusybox\n%end\n\
         %pre --erroronfail\ncd $INSTALL_ROOT\nmkdir -p usr/lib/systemd/system usr/lib/firewalld/zones\n\
         mkdir -p etc/systemd/system/x.target.wants\ncd usr/lib/systemd/system\n\
         for unit in firewalld asleep masked old many@; do printf '[Install]\\nWantedBy=x.target\\n' >$unit.service; done\n\
         printf '[Install]\\nWantedBy=x.target\\nAlso=two.socket\\n' >one.service\n\
         printf '[Install]\\nWantedBy=sockets.target\\nAlso=one.service\\n' >two.socket\n\
         printf 'DefaultInstance=7\\n' >>many@.service\n\
         echo '<zone></zone>' >$INSTALL_ROOT/usr/lib/firewalld/zones/public.xml\ncd $INSTALL_ROOT/etc/systemd/system\n\
         for unit in asleep masked; do ln -s /dev/null $unit.service; done\n\
         ln -s /usr/lib/systemd/system/old.service display.service\nln -s ../x.service x.target.wants/old.service\n%end\n",
    )
    .await;

    assert_eq!(warnings, ["line 3: masked.service is masked in the image, so it cannot be enabled"]);
    let enabled = |link: &str| image.link(&format!("/etc/systemd/system/{link}"));
    for (link, to) in [
        ("x.target.wants/one.service", "/usr/lib/systemd/system/one.service"),
        ("sockets.target.wants/two.socket", "/usr/lib/systemd/system/two.socket"),
        ("x.target.wants/many@7.service", "/usr/lib/systemd/system/many@.service"),
        ("asleep.service", "/dev/null"),
        ("masked.service", "/dev/null"),
        ("x.target.wants/masked.service", ""),
        ("x.target.wants/firewalld.service", ""),
        ("x.target.wants/old.service", ""),
        ("display.service", ""),
    ] {
        assert_eq!(enabled(link), to, "{link}");
    }
}

#[tokio::test]
async fn of_two_lines_about_one_device_the_last_counts() {
    let (_scene, image, warnings) = built(
        "REPO\nnetwork --device=eth0 --ip=10.0.0.1\nnetwork --device=bond0 --bondslaves=eth1,eth2 --hostname=../x\n\
         network --device=eth0 --ip=10.0.0.2\nnetwork --hostname=box.example\n%packages\nbusybox\n%end\n\
         %pre\nmkdir -p $INSTALL_ROOT/etc/sysconfig/network-scripts\necho GATEWAY=10.0.0.9 >$INSTALL_ROOT/etc/sysconfig/network\n%end\n",
    )
    .await;

    assert_eq!(
        warnings,
        [
            "line 3: `network`: --bondslaves has no effect",
            "line 3: `network`: this builder makes no bonds, bridges, teams, VLANs or wireless devices, so the line makes none",
            "line 3: `network --hostname` has no effect: line 5 says it again",
            "line 2: `network`: --device=eth0 has no effect: line 4 is about it again",
        ]
    );
    assert!(image.read("/etc/sysconfig/network-scripts/ifcfg-eth0").contains("IPADDR=10.0.0.2\n"));
    assert!(!image.has("/etc/sysconfig/network-scripts/ifcfg-bond0"));
    assert_eq!(
        image.read("/etc/sysconfig/network"),
        "GATEWAY=10.0.0.9\nHOSTNAME=box.example\nNETWORKING=yes\n"
    );
    let (_scene, image, warnings) =
        built("REPO\nnetwork --hostname=../x\ntimezone Europe\n%packages\nbusybox\ntzdata\n%end\n").await;
    assert_eq!(
        warnings,
        [
            "line 3: the image has no time zone Europe; a package such as tzdata brings them",
            "line 2: `network`: --hostname=\"../x\" is no name of a machine, as box.example is",
        ]
    );
    assert!(!image.read("/etc/hostname").contains("../x"));
    assert!(!image.has("/etc/localtime"), "a folder is no zone");
}

#[tokio::test]
async fn names_and_numbers_no_system_takes_are_refused() {
    for (line, reason) in [
        ("user --name=.", "user (line 2): \".\" cannot be the name of a user or group"),
        ("group --name=1000", "group (line 2): \"1000\" cannot be the name of a user or group"),
        (
            "user --name=ann --uid=65536",
            "user (line 2): --uid=65536 should be less than 65536: a build has no more users",
        ),
        ("group --name=ann --gid=4294967295", "group (line 2): the number of group ann stands for none"),
    ] {
        let scene = Scene::new(ImageType::Fs, &format!("REPO\n{line}\n%packages\nsetup\n%end\n"));
        assert_eq!(scene.reason().await, reason);
    }
}

#[tokio::test]
async fn results_of_any_name_are_in_the_sums_and_no_name_is_taken_twice() {
    let mut scene = Scene::new(
        ImageType::Livecd,
        "REPO\n%packages\nbusybox\n%end\n%post --nochroot --erroronfail\ncd $IMG_OUT_DIR\n\
         printf x >\"$(printf 'a\\n0000  forged')\"\nprintf x >'back\\slash'\nprintf x >-dash\nprintf x >'spa ce\"'\n\
         for name in demo.img demo-4.5.img demo-4.5.packages demo.ks record.json MANIFEST; do printf mine >$name; done\n%end\n",
    );
    scene.request.extra_opts = vec!["--release=4.5".into()];
    scene.made().await;

    let folder = scene.file("4.5/images/demo");
    assert_ne!(std::fs::read_to_string(folder.join("demo-4.5.packages")).unwrap(), "mine");
    assert!(std::fs::metadata(folder.join("demo-4.5.img")).unwrap().len() > 1000, "that is the image");
    for (program, list) in [("sha256sum", "demo-4.5.sha256"), ("md5sum", "MANIFEST")] {
        let said =
            tool(&["env", "-C", folder.to_str().unwrap(), "LC_ALL=C", program, "--check", "--strict", list]);
        assert_eq!(said.lines().filter(|line| line.ends_with(": OK")).count(), 10, "{said}");
    }
}

#[tokio::test]
async fn ten_thousand_results_are_kept() {
    let scene = Scene::new(
        ImageType::Fs,
        "REPO\n%packages\nbusybox\n%end\n%post --nochroot --erroronfail\ncd $IMG_OUT_DIR\nseq 10000 | xargs touch\n%end\n",
    );
    scene.made().await;

    assert_eq!(scene.files().len(), 10_003, "with the image, the kickstart and the log");
}

#[tokio::test]
async fn a_repository_may_be_called_as_people_like() {
    let lines = format!("repo --name=main --baseurl=file://{} --save\n%packages\nbusybox\n%end\n", repo());
    let (_scene, image, warnings) = built(&lines).await;
    assert_eq!(warnings, Vec::<String>::new());
    assert!(image.read("/etc/yum.repos.d/main_.repo").starts_with("[main_]\nname=main\n"));

    let (_scene, image, _) = built(&lines.replacen("main", &"é".repeat(300), 1)).await;
    assert!(image.has(&format!("/etc/yum.repos.d/{}.repo", "_".repeat(100))));
}

#[tokio::test]
async fn no_log_has_the_password_of_an_address() {
    let scene = Scene::new(
        ImageType::Fs,
        "repo --name=a --baseurl=http://ann:s3cret@127.0.0.1:1/x\n%packages\nbusybox\n%end\n",
    );
    let reason = scene.reason().await;

    assert!(reason.starts_with("repository a (line 1) cannot be read at http://127.0.0.1:1/x: "), "{reason}");
    let log = scene.log();
    assert!(log.contains("for http://127.0.0.1:1/x/repodata/repomd.xml") && !log.contains("s3cret"), "{log}");
}

#[tokio::test]
async fn a_script_in_the_way_of_the_next_is_named() {
    let scene = Scene::new(
        ImageType::Fs,
        "REPO\n%packages\nbusybox\n%end\n%post --nochroot\nmkdir $INSTALL_ROOT/.img-script-1\n%end\n%post\ntrue\n%end\n",
    );

    assert_eq!(scene.reason().await, "a script put a folder in the place of the next one, /.img-script-1");
}

#[tokio::test]
async fn an_interpreter_this_machine_lacks_is_named() {
    let scene = Scene::new(
        ImageType::Fs,
        "REPO\n%packages\nbusybox\n%end\n%post --nochroot --interpreter=/usr/bin/nosuch\ntrue\n%end\n",
    );

    assert_eq!(
        scene.reason().await,
        "%post (line 5) cannot run: the machine that builds has no /usr/bin/nosuch; such a script needs a program of that \
         machine"
    );
}
