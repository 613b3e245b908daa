//! Scripts: where they run, what they see, what their failures mean.

use crate::support::{Ext, Scene};
use imaging::ImageType;

#[tokio::test]
async fn scripts_run_in_order_and_where_they_belong() {
    let scene = Scene::new(
        ImageType::Loop,
        "REPO\n%pre\necho pre of $IMG_NAME $GREETING; ls $INSTALL_ROOT\n%end\n%packages\nbash\nbusybox\n%end\n\
         %post --interpreter=/bin/bash --log=/root/post.log\nset -o pipefail; echo $BASH_VERSION >/etc/bash-was-here\n\
         echo said; ls /proc/1 >/dev/null && echo x >/dev/null && echo furnished >>/etc/order; pwd >>/etc/order\n\
         [ -e /usr/bin/python3 ] || echo chrooted >>/etc/order\n%end\n\
         %post --nochroot\ncat $INSTALL_ROOT/etc/order >$IMG_OUT_DIR/order.txt\n\
         echo nochroot >>/mnt/sysimage/etc/order\n%end\n\
         %post\necho $IMG_IMAGE_ID >>/etc/order; test -s /etc/resolv.conf && echo resolver >>/etc/order; true\n%end\n",
    );

    let made = scene.made().await;

    assert_eq!(made.warnings, Vec::<String>::new());
    assert_eq!(scene.files(), ["demo.img", "demo.ks", "log", "order.txt"]);
    assert_eq!(std::fs::read_to_string(scene.file("order.txt")).unwrap(), "furnished\n/\nchrooted\n");
    let image = Ext::at(&scene.file("demo.img"), 0);
    let order = image.read("/etc/order");
    assert!(order.starts_with("furnished\n/\nchrooted\nnochroot\ntest-1\n"), "{order}");
    assert!(image.read("/etc/bash-was-here").starts_with('5'));
    assert_eq!(image.read("/root/post.log"), "said\n");
    assert!(!image.has("/etc/resolv.conf"), "what was lent is taken back");
    assert!(!image.has("/.img-script-0"));
    assert!(scene.log().contains("] pre of demo hello\n"), "{}", scene.log());
}

#[tokio::test]
async fn a_failing_script_fails_the_build_only_with_erroronfail() {
    let of = |options: &str| {
        let text =
            format!("REPO\n%packages\nbusybox\n%end\n%post {options}\necho about to fail; exit 7\n%end\n");
        Scene::new(ImageType::Loop, &text)
    };

    let fatal = of("--erroronfail");
    assert_eq!(
        fatal.reason().await,
        "%post (line 5) failed with exit status 7; the log says what it printed"
    );
    assert!(fatal.log().contains("about to fail"));
    let ignored = of("");
    assert_eq!(
        ignored.made().await.warnings,
        ["line 5: %post ended with exit status 7, which counts only with --erroronfail"]
    );
    let mut strict = of("");
    strict.request.extra_opts = vec!["--strict".into()];
    assert_eq!(
        strict.reason().await,
        "line 5: %post ended with exit status 7, which counts only with --erroronfail; --strict takes that for an error"
    );
}

#[tokio::test]
async fn scripts_before_the_packages_have_the_same_options() {
    let scene = Scene::new(
        ImageType::Loop,
        "REPO\n%pre --interpreter=/usr/bin/perl --logfile=/build/out/pre.log\nprint \"perl $ENV{IMG_NAME}\\n\";\n%end\n\
         %pre --log=/tmp/pre.log\ntrue\n%end\n%packages\nbusybox\n%end\n\
         %post --logfile=/root/post.log\necho said\n%end\n",
    );

    assert_eq!(
        scene.made().await.warnings,
        ["line 5: `%pre`: --log=/tmp/pre.log has no effect; the log of the build has what it printed"]
    );
    assert_eq!(std::fs::read_to_string(scene.file("pre.log")).unwrap(), "perl demo\n");
    assert_eq!(Ext::at(&scene.file("demo.img"), 0).read("/root/post.log"), "said\n");

    let fatal =
        Scene::new(ImageType::Loop, "REPO\n%pre --erroronfail\nexit 3\n%end\n%packages\nsetup\n%end\n");
    assert_eq!(fatal.reason().await, "%pre (line 2) failed with exit status 3; the log says what it printed");
}

#[tokio::test]
async fn an_interpreter_the_image_lacks_is_named() {
    let scene = Scene::new(ImageType::Loop, "REPO\n%packages\nsetup\n%end\n%post\ntrue\n%end\n");

    assert_eq!(
        scene.reason().await,
        "%post (line 5) cannot run: the image has no /bin/sh; install a package that brings it"
    );
}

#[tokio::test]
async fn scripts_see_nothing_of_the_host_that_is_not_theirs() {
    let secret = tempfile::tempdir().unwrap();
    let mark = secret.path().join("mark");
    std::fs::write(&mark, "x").unwrap();
    let scene = Scene::new(
        ImageType::Loop,
        &format!(
            "REPO\n%packages\nbusybox\n%end\n%post --nochroot --erroronfail\nset -e\n! test -e {mark}\n! test -e /etc/shadow\n\
             ! test -e /etc/skynet\n! test -e /home\n! test -e $(dirname $IMG_OUT_DIR)/../log\n! touch /usr/x\n\
             ! touch {repo}/x\nln -s /etc/passwd $IMG_OUT_DIR/link\necho .. >$IMG_OUT_DIR/log\n%end\n",
            mark = mark.display(),
            repo = crate::support::repo(),
        ),
    );

    scene.made().await;

    assert_eq!(
        scene.files(),
        ["demo.img", "demo.ks", "log"],
        "links stay behind, and the log is not replaced"
    );
    assert!(scene.log().contains("log in IMG_OUT_DIR is not kept: that name is taken"));
}
