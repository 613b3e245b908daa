//! The files of older versions, as ../shared/facts/img.md lists their keys: read without a change.

use std::path::{Path, PathBuf};

use config::{Configuration, Sources, keys};

fn read(version: &str, participant: &str) -> Configuration {
    let file: PathBuf =
        [env!("CARGO_MANIFEST_DIR"), "tests/old", version, "skynet/skynet.conf"].iter().collect();
    let included = file.with_file_name("conf.d").into_os_string();
    let mut sources = Sources {
        file,
        participant: Some(participant.into()),
        environment: Vec::new(),
        may_be_missing: false,
    };
    if version == "later" {
        sources.environment.push(("IMG_SKYNET_INCLUDE_DIR".into(), included));
    }
    Configuration::read(&sources)
}

#[test]
fn the_one_file_of_the_first_version_is_enough() {
    let site = read("first", "build_image");
    // its folder has no skynet.conf; only the usual one may be missing
    let said: Vec<_> = site.mistakes().iter().map(ToString::to_string).collect();
    assert!(said.len() == 1 && said[0].contains("skynet.conf: there is no such file"), "{said:?}");

    let texts = [
        ("boss", "amqp_host", Some("mq.example:5672")),
        ("boss", "amqp_pwd", Some("first-secret")),
        ("worker", "base_dir", Some("/srv/www/images")),
        ("worker", "post_creation", Some("/bin/true")),
        ("worker", "base_url", Some("http://images.example/images/")),
    ];
    for (section, key, expected) in texts {
        assert_eq!(site.text(section, key).as_deref(), expected, "[{section}] {key}");
    }
    assert_eq!(site.list("worker", "mic_opts"), ["--save-kernel", "--use_comps"]);
    let warnings = site.warnings().join("\n");
    let words = "img.conf:5: [worker] num_workers is not used: it is obsolete";
    assert!(warnings.contains(words), "{words}: {warnings}");
}

#[test]
fn every_file_of_a_later_version_is_understood() {
    let names = [
        "build_image",
        "build_ks",
        "make_vdi",
        "request_image",
        "test_vm_image",
        "update_image_status",
        "update_symlinks",
    ];
    for name in names {
        let site = read("later", name);
        assert_eq!(site.mistakes(), [], "{name}");
        for warning in site.warnings() {
            let known =
                warning.contains("not used: ") || warning.contains("everybody on this machine can read");
            assert!(known, "{name}: {warning}");
            assert!(!warning.contains("secret:"), "{name}: {warning}");
        }
        // skynet.conf is stronger than what the web interface had
        assert_eq!(site.text("boss", "amqp_pwd").as_deref(), Some("boss-secret"));
        assert_eq!(site.text("db", "db_pass").as_deref(), Some("db-secret"));
        assert_eq!(
            site.text("participant", "queue").as_deref(),
            (name == "build_image").then_some("build_image")
        );
    }
    let site = read("later", "build_image");
    assert_eq!(site.number("worker", "timeout"), Some(3600));
    assert_eq!(site.list("worker", "mic_opts"), ["--copy-kernel", "--pack-to=@NAME@.tar.bz2"]);
    let files: Vec<_> =
        site.files().map(|file| file.file_name().unwrap().to_str().unwrap().to_owned()).collect();
    assert_eq!(files, ["img.conf", "skynet.conf", "notify.conf", "build_image.conf"]);
}

/// The keys as the facts list them.
const FACTS: &[(&str, &str)] = &[
    ("skynet", "service_dir include_dir log_level"),
    ("boss", "amqp_host amqp_user amqp_pwd amqp_vhost boss_host boss_user boss_pass boss_vhost"),
    ("participant", "name queue regexp code"),
    (
        "worker",
        "base_dir base_url use_kvm ict mic_opts fs_pack img_tmp vm_kernel vm_ssh_key vm_base_img timeout use_9p_cache \
         mic_cachedir vm_wait num_workers post_creation",
    ),
    ("build_ks", "ksstore reposerver"),
    ("obs", "oscrc"),
    ("make_vdi", "base_dir base_url"),
    ("request_image", "username"),
    (
        "tester",
        "vm_kernel timeout vm_priv_ssh_key vm_pub_ssh_key vg_name vm_wait testtools_repourl test_script \
         host_test_script test_user device_ip package_manager use_base_img host_based_testing",
    ),
    ("releases", "prefix"),
    (
        "web",
        "url_prefix doc_root static_media_collect templates_dir features_dir use_http_remote_user secret_key",
    ),
    ("db", "db_engine db_name db_user db_pass db_host"),
    (
        "ldap",
        "use_ldap use_search ldap_server verify_certificate ldap_dn_template ldap_base_dn ldap_filter ldap_mail_attr \
         ldap_fname_attr ldap_lname_attr",
    ),
    ("test", "enabled devicegroup"),
    ("processes", "process_dir create_image_process"),
];

#[test]
fn every_key_of_the_facts_has_a_row() {
    for (section, names) in FACTS {
        for name in names.split_whitespace() {
            assert!(keys::find(section, name).is_some(), "[{section}] {name}");
        }
    }
}

#[test]
fn the_table_is_one_table() {
    let mut variables: Vec<_> = keys::all().map(keys::Key::variable).collect();
    variables.extend(["IMG_STATE", "IMG_CONFIG", "IMG_LOG"].map(str::to_owned));
    variables.sort_unstable();
    let number = variables.len();
    variables.dedup();
    assert_eq!(variables.len(), number, "each key has a variable of its own");
    for key in keys::all() {
        let shown = format!("[{}] {}", key.section, key.name);
        assert_eq!(key.name, key.name.to_lowercase(), "{shown}");
        assert!(!key.meaning.is_empty() && !key.meaning.ends_with('.'), "{shown}");
        let secret_by_name = ["pwd", "pass", "secret_key"].iter().any(|end| key.name.ends_with(end));
        assert_eq!(key.is_secret(), secret_by_name, "{shown}: its file must not be open to everybody");
        assert!(Path::new(key.example).as_os_str() == key.example && !key.example.contains('\n'), "{shown}");
    }
}
