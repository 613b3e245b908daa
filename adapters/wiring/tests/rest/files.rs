//! Files and logs: parts of them, long ones, and what nobody gets.

use std::fs;
use std::os::unix::fs::symlink;

use imaging::JobStatus;

use crate::support::Up;

const HERE: &str = "file:///images";

#[test]
fn files_come_whole_and_in_parts_with_their_checksums() {
    let up = Up::start("");
    let sum = "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824"; // of hello
    let sums = format!("{sum}  demo.raw\n");
    let files =
        [("demo.raw", "hello"), ("demo.log", "one\ntwo\n"), ("demo.sha256", &sums), ("deep/a b.html", "<p>")];
    up.job("whole", HERE, JobStatus::Done, &files);

    let list = up.get("jobs/whole/files");
    let told: Vec<_> =
        list["files"].as_array().unwrap().iter().map(|file| file["path"].as_str().unwrap()).collect();
    assert_eq!(told, ["deep/a b.html", "demo.log", "demo.raw", "demo.sha256"]);
    let image = &list["files"][2];
    assert_eq!(
        (&image["sha256"], &image["is_image"], &image["size"]),
        (&sum.into(), &true.into(), &5.into())
    );
    let url = list["files"][0]["url"].as_str().unwrap().trim_start_matches("/api/v1/").to_owned();
    let page = up.curl(&["-i"], &url).stdout.to_lowercase();
    for header in [
        "content-type: application/octet-stream",
        "content-disposition: attachment; filename*=utf-8''a%20b.html",
        "x-content-type-options: nosniff",
    ] {
        assert!(page.contains(header), "{header}: {page}");
    }

    let path = "jobs/whole/files/demo.raw";
    let whole = up.curl(&["-i"], path).stdout;
    assert!(
        whole.ends_with("\r\n\r\nhello")
            && whole.contains("repr-digest: sha-256=:LPJNul+wow4m6DsqxbninhsWHlwfp0JecwQzYpOLmCQ=:"),
        "{whole}"
    );
    let etag = whole.lines().find_map(|line| line.strip_prefix("etag: ")).unwrap().trim().to_owned();
    let if_range = format!("If-Range: {etag}");
    let none_match = format!("If-None-Match: {etag}");
    for (headers, status, part) in [
        (vec!["Range: bytes=1-2"], 206, "el"),
        (vec!["Range: bytes=-2"], 206, "lo"),
        (vec!["Range: bytes=3-"], 206, "lo"),
        (vec!["Range: bytes=0-0,2-2"], 200, "hello"),
        (vec!["Range: bytes=3-", &if_range], 206, "lo"),
        (vec!["Range: bytes=3-", "If-Range: \"other\""], 200, "hello"),
        (vec![&none_match], 304, ""),
    ] {
        let mut arguments: Vec<&str> = headers.iter().flat_map(|header| ["-H", header]).collect();
        arguments.extend(["-w", "|%{http_code}"]);
        assert_eq!(up.curl(&arguments, path).stdout, format!("{part}|{status}"), "{headers:?}");
    }
    let beyond = up.curl(&["-i", "-H", "Range: bytes=5-"], path).stdout;
    assert!(beyond.starts_with("HTTP/1.1 416") && beyond.contains("it has 5 bytes"), "{beyond}");
    assert_eq!(up.curl(&["-H", "Range: bytes=-4"], "jobs/whole/log").stdout, "two\n");
}

#[test]
fn nobody_gets_what_is_outside_the_folder_of_a_job() {
    let up = Up::start("");
    let folder = up.job("fence", HERE, JobStatus::Done, &[("demo.raw", "image")]);
    fs::write(up.site.path().join("secret"), "s3cret").unwrap();
    symlink(up.site.path().join("secret"), folder.join("link")).unwrap();
    symlink("/etc", folder.join("etc")).unwrap();
    symlink(up.site.path().join("secret"), folder.join("demo.log")).unwrap();
    nix::unistd::mkfifo(&folder.join("pipe"), nix::sys::stat::Mode::S_IRWXU).unwrap();
    for path in [
        "files/link",
        "files/etc/passwd",
        "files/../../../../secret",
        "files/%2e%2e/%2e%2e/secret",
        "files/..%2f..%2f..%2fsecret",
        "files/%2fetc%2fpasswd",
        "files//etc/passwd",
        "files/demo.raw%00",
        "files/pipe",
        "files/nothing",
        &format!("files/{}", "x".repeat(5_000)),
        &format!("files/{}", "x/".repeat(2_000)),
        "log",
    ] {
        let answer = up.curl(&["--path-as-is", "-w", "|%{http_code}"], &format!("jobs/fence/{path}")).stdout;
        assert!(answer.ends_with("|404") && !answer.contains("s3cret"), "{path}: {answer}");
    }
    assert_eq!(up.curl(&[], "jobs/fence/files/demo.raw").stdout, "image");
    let said = fs::read_to_string(up.site.path().join("up.said")).unwrap();
    assert!(!said.contains("ERROR"), "{said}");
}

#[test]
fn a_log_of_500_mb_goes_through_without_being_in_memory() {
    let up = Up::start("");
    let folder = up.job("long", HERE, JobStatus::Done, &[("demo.log", "")]);
    let log = fs::File::options().write(true).open(folder.join("demo.log")).unwrap();
    log.set_len(500_000_000).unwrap();
    std::os::unix::fs::FileExt::write_all_at(&log, b"\nthe end\n", 499_999_991).unwrap();
    let before = up.memory();

    let end = up.curl(&["-H", "Range: bytes=-8"], "jobs/long/log").stdout;
    let all = up.curl(&["-o", "all.log", "-w", "%{size_download}"], "jobs/long/log").stdout;
    // a client that goes away in the middle is nobody's trouble
    let cut = up.curl(&["-o", "cut.log", "-m", "0.05"], "jobs/long/log");
    let resumed = up.curl(&["-o", "cut.log", "-C", "-"], "jobs/long/log");

    assert_eq!((end.as_str(), all.as_str()), ("the end\n", "500000000"));
    assert_eq!(resumed.status, Some(0), "{cut:?} {resumed:?}");
    assert_eq!(fs::metadata(up.site.path().join("cut.log")).unwrap().len(), 500_000_000);
    assert!(up.memory() < before + 40_000, "{} KiB, and {before} before", up.memory());
}

#[test]
fn an_upload_that_is_cut_in_the_middle_leaves_nothing() {
    use std::io::{Read, Write};
    let up = Up::start("");
    for (kind, body) in [
        (
            "application/json",
            r#"{"name":"t","image_type":"fs","arch":"x86_64","kickstart":"part / --size=64\n"#,
        ),
        (
            "multipart/form-data; boundary=b",
            "--b\r\nContent-Disposition: form-data; name=\"kickstart\"\r\n\r\npart /",
        ),
    ] {
        let mut stream = std::net::TcpStream::connect(up.address.trim_start_matches("http://")).unwrap();
        let head = format!(
            "POST /api/v1/jobs HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {}\r\nContent-Type: {kind}\r\nContent-Length: 9000000\r\n\r\n{body}",
            up.token
        );
        stream.write_all(head.as_bytes()).unwrap();
        stream.shutdown(std::net::Shutdown::Write).unwrap();
        let mut answer = String::new();
        let _ = stream.read_to_string(&mut answer);
        assert!(!answer.starts_with("HTTP/1.1 2") && !answer.starts_with("HTTP/1.1 5"), "{answer}");
    }
    assert_eq!(up.get("jobs")["jobs"], serde_json::json!([]));
}
