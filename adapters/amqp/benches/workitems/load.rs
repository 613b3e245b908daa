//! The workitems: half of each is one text, as a kickstart is one, half is many small objects, as packages are.

use std::fmt::Write;

/// How many wait in the queue when a contender begins.
pub(crate) const MANY: u32 = 10_000;
/// How large they are.
pub(crate) const SIZES: [usize; 2] = [2_000, 50_000];

/// The text of a workitem as the engine sends it, told from all others by `number`.
pub(crate) fn workitem(number: u32, bytes: usize) -> Vec<u8> {
    let mut packages = String::new();
    let mut kickstart = String::new();
    for line in 0.. {
        if packages.len() < bytes / 2 {
            let comma = if packages.is_empty() { "" } else { "," };
            write!(
                packages,
                r#"{comma}{{"name":"package-{line}","version":"1.{line}-2","arch":"armv7hl","ok":true}}"#
            )
            .expect("a text");
        } else {
            break;
        }
    }
    let frame = |packages: &str, kickstart: &str| {
        format!(
            r#"{{"fields":{{"number":{number},"image":{{"name":"héllo","arch":"armv7hl","type":"raw"}},"packages":[{packages}],"kickstart":"{kickstart}","params":{{"status":"DONE"}},"dispatched_at":"2026-11-21 07:39:38.980797 UTC"}},"wf_name":"bench","wf_revision":"7","wf_launched_at":"2026-11-21 07:39:38.892807 UTC","sub_wf_name":"bench","sub_wf_revision":"7","sub_wf_launched_at":"2026-11-21 07:39:38.892832 UTC","fei":{{"engine_id":"engine","wfid":"20261121-0739-{number}","subid":"c1eb469b37df660ece23920ffb5586b3","expid":"0_0_0"}},"participant_name":"bench","re_dispatch_count":0}}"#
        )
    };
    let room = bytes.saturating_sub(frame(&packages, "").len());
    while kickstart.len() + 40 < room {
        kickstart.push_str(r"repo --name=core --baseurl=x/core\n");
    }
    kickstart.push_str(&"x".repeat(room.saturating_sub(kickstart.len())));
    frame(&packages, &kickstart).into_bytes()
}
