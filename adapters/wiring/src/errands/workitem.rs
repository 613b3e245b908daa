//! A job as the fields of its process.

use imaging::{ImageJob, PostProcess};
use serde_json::value::{RawValue, to_raw_value};
use serde_json::{Map, Value, json};

/// Returns the fields a process about a job begins with; post-processes have their arguments where they look for them.
pub(super) fn fields(job: &ImageJob, processes: &[PostProcess]) -> serde_json::Result<Box<RawValue>> {
    let asked = &job.asked;
    let (groups, packages): (Vec<_>, Vec<_>) =
        asked.overlay.iter().partition(|package| package.starts_with('@'));
    let mut image = Map::new();
    let mut put = |key: &str, value: Value| {
        let empty = match &value {
            Value::String(text) => text.is_empty(),
            Value::Array(list) => list.is_empty(),
            _ => false,
        };
        if !empty {
            image.insert(key.to_owned(), value);
        }
    };
    put("kickstart", asked.kickstart.as_str().into());
    put("image_id", job.image_id.as_str().into());
    put("image_type", asked.image_type.as_str().into());
    put("name", asked.name.as_str().into());
    put("arch", asked.arch.as_str().into());
    put("prefix", asked.prefix.as_str().into());
    put("queue", asked.queue.as_str().into());
    put("tokenmap", asked.tokenmap.as_str().into());
    put("emails", asked.email.as_str().into());
    put("extra_opts", json!(asked.extra_opts));
    put("packages", json!(packages));
    put("groups", json!(groups));
    put("extra_repos", serde_json::to_value(&asked.extra_repos)?);
    put("release", asked.release.as_str().into());
    put("devicegroup", asked.devicegroup.as_str().into());
    if job.status.is_final() {
        put("result", job.status.has_image().into());
        put("files_url", job.files_url.as_str().into());
        put("image_url", job.image_url.as_str().into());
        put("logfile_url", job.logfile_url.as_str().into());
        put("error", job.error.as_str().into());
        put("test_result", job.test_result.map_or("", |result| result.as_str()).into());
        // what it says of the job is about this image, not about one that is built later
        put("attempt", json!({ "began": job.attempt.began, "process": job.attempt.process }));
    }
    for process in processes.iter().filter(|process| asked.post_processes.contains(&process.name)) {
        if let (Some(argument), false) =
            (asked.pp_args.get(&process.argname), image.contains_key(&process.argname))
        {
            image.insert(process.argname.clone(), argument.as_str().into());
        }
    }
    let user = json!({ "name": asked.user, "email": asked.email });
    to_raw_value(&json!({ "image": image, "user": user }))
}

#[cfg(test)]
mod tests {
    use imaging::{ImageId, ImageJob, JobStatus, NewJob, PostProcess};
    use serde_json::{Value, json};

    use super::fields;

    #[test]
    fn a_process_gets_what_was_asked_for_and_no_argument_takes_the_place_of_it() {
        let process = |name: &str, argname: &str| PostProcess {
            name: name.into(),
            argname: argname.into(),
            ..PostProcess::default()
        };
        let processes =
            [process("test", "testsuite"), process("evil", "image_id"), process("other", "other")];
        let asked = NewJob {
            name: "n".into(),
            kickstart: "part /".into(),
            prefix: "web/ana".into(),
            user: "ana".into(),
            overlay: vec!["vim".into(), "-nano".into(), "@core".into()],
            post_processes: ["test".to_owned(), "evil".to_owned()].into(),
            pp_args: ["testsuite", "image_id", "other"]
                .map(|name| (name.to_owned(), "mine".to_owned()))
                .into(),
            ..NewJob::default()
        };
        let mut job = ImageJob::recorded(&ImageId::reduce("i").unwrap(), &asked, 1);
        let read =
            |job: &ImageJob| serde_json::from_str::<Value>(fields(job, &processes).unwrap().get()).unwrap();

        let expected = json!({
            "image": {
                "kickstart": "part /", "image_id": "i", "name": "n", "prefix": "web/ana", "packages": ["vim", "-nano"],
                "groups": ["@core"], "testsuite": "mine",
            },
            "user": { "name": "ana", "email": "" },
        });
        assert_eq!(read(&job), expected);
        (job.status, job.image_url) = (JobStatus::Done, "http://img/i".into());
        let done = read(&job);
        assert_eq!(
            (&done["image"]["result"], &done["image"]["image_url"]),
            (&json!(true), &json!("http://img/i"))
        );
    }
}
