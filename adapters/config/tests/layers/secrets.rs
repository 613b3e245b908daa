//! What is shown and said of a configuration has no secret in it.

use crate::Etc;

#[test]
fn all_mistakes_are_told_together_and_no_secret_with_them() {
    let etc = Etc::new(&[
        (
            "skynet/skynet.conf",
            "[boss]\namqp_heartbeat = often\namqp_pwd = %(nothing)s\namqp_tls = perhaps\nviewer = %(viewer)s\n[db]\ndb_pass = a\n b\n",
        ),
        (
            "skynet/mine.conf",
            "[participant]\nconcurrency = 0\n[worker]\nbase_dir = images\nbase_dir = /x\n[worker\n",
        ),
        ("skynet/mine.env", "this is nothing\nIMG_WORKER_TIMEOUT=$T\nIMG_PARTICIPANT_GRACE=soon\nA='\n"),
    ]);
    let mut site = etc.read(Some("mine"), &[("IMG_BOSS_AMQP_CONSUMER_TIMEOUT", "-1")]);
    site.required("boss", "amqp_user");
    site.required("boss", "amqp_user");
    site.required("boss", "amqp_pwd");
    assert_eq!(
        etc.mistakes(&site),
        [
            "skynet/mine.env:1: this is no assignment: write NAME=value, without blanks around the `=`",
            "skynet/mine.env:2: the value of `IMG_WORKER_TIMEOUT` has a sign that a shell would replace, which is not done here: put it in single quotes",
            "skynet/mine.conf:5: `base_dir` is in [worker] a second time: keep this one or that of line 4",
            "skynet/mine.conf:6: the name of a section ends with `]`: write it as `[name]`",
            "skynet/skynet.conf:3: `amqp_pwd` names `%(nothing)s`, which is neither in [boss] nor in [DEFAULT]: add it there, or write `%%` for a per cent sign",
            "skynet/skynet.conf:4: [boss] amqp_tls should be yes or no, not `perhaps`",
            "skynet/skynet.conf:2: [boss] amqp_heartbeat should be a number of seconds, not `often`",
            "$IMG_BOSS_AMQP_CONSUMER_TIMEOUT: [boss] amqp_consumer_timeout should be a number of seconds, not `-1`",
            "skynet/skynet.conf:5: `viewer` contains itself, `viewer` → `viewer`: take one `%(…)s` out of the loop",
            "skynet/mine.conf:2: [participant] concurrency should be at least 1, not `0`",
            "skynet/mine.env:3 : [participant] grace should be a number of seconds, not `soon`"
                .replace(" :", ":")
                .as_str(),
            "skynet/skynet.conf:7: [db] db_pass has several lines: write it in one",
            "skynet/skynet.conf: [boss] amqp_user is missing: whom RabbitMQ knows us as; set it here, or in $IMG_BOSS_AMQP_USER",
        ]
    );
}

#[test]
fn what_is_shown_has_no_secret_in_it() {
    let etc = Etc::new(&[(
        "skynet/skynet.conf",
        "[boss]\namqp_pwd = hunter2\namqp_pswd = hunter2\nviewer = http://me:hunter2@boss\n[mine]\ntoken_password = hunter2\nx = 1\n",
    )]);
    let shown = etc.read(Some("mine"), &[("IMG_DB_DB_PASS", "hunter2")]).shown();
    assert!(!format!("{shown:?}").contains("hunter2"), "{shown:?}");
    let hidden: Vec<_> = shown.iter().filter(|key| key.hidden).map(|key| key.name.as_str()).collect();
    assert_eq!(hidden, ["amqp_pwd", "db_pass", "amqp_pswd", "token_password"]);
    assert!(
        shown.iter().any(|key| key.section == "mine" && key.name == "x" && key.value.as_deref() == Some("1"))
    );
}

#[test]
fn a_value_that_names_a_secret_is_one() {
    let etc = Etc::new(&[(
        "skynet/skynet.conf",
        "[DEFAULT]\npass = hunter2\n[worker]\nbase_url = https://x/?t=%(pass)s\n[boss]\namqp_pwd = boss\n\
         amqp_user = boss\namqp_vhost = %(amqp_user)s-x\n[mine]\nx = %(y)s!\ny = %(pass)s\nz = %(w)s\nw = 1\n",
    )]);
    let shown = etc.read(Some("mine"), &[]).shown();
    assert!(!format!("{shown:?}").contains("hunter2"), "{shown:?}");
    let hidden: Vec<_> = shown.iter().filter(|key| key.hidden).map(|key| key.name.as_str()).collect();
    // the password is the name of the user: amqp_vhost shows no more than amqp_user, but who knows
    assert_eq!(hidden, ["amqp_pwd", "amqp_vhost", "base_url", "x", "y"]);
}
