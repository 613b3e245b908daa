//! A store as it is after years, in the words of the database: recording a million jobs one by one takes hours.

/// Jobs that are written together.
const PART: i64 = 50_000;

/// Returns what writes so many jobs, in parts of some statements each: most jobs are done, some failed, the last twenty are
/// being built.
pub(crate) fn years(is_server: bool, size: i64) -> impl Iterator<Item = String> {
    (1..=size).step_by(usize::try_from(PART).expect("small")).map(move |from| {
        let to = (from + PART - 1).min(size);
        let numbers = if is_server {
            format!("(SELECT g FROM generate_series({from}, {to}) AS s(g))")
        } else {
            format!(
                "(WITH RECURSIVE s(g) AS (SELECT {from} UNION ALL SELECT g + 1 FROM s WHERE g < {to}) SELECT g FROM s)"
            )
        };
        part(&numbers, from, to, size)
    })
}

fn part(numbers: &str, from: i64, to: i64, size: i64) -> String {
    let building = size - 20;
    let mut text = format!(
        "BEGIN;
INSERT INTO job (image_id, request, queue, user_name, name, image_type, arch, status, attempt_began, attempt_process, created_ms,
 heard_ms, done_ms, image_url, files_url, logfile_url, error, test_result, test_results_url, cancelled_by, likeness)
SELECT 'bench-' || g, 'request ' || g, CASE g % 3 WHEN 0 THEN 'web' WHEN 1 THEN 'api' ELSE 'requests' END,
 'user' || (g % 997), 'n' || (g % 911) || '-x86_64-devel', CASE WHEN g % 5000 = 0 THEN 'vdi' WHEN g % 2 = 0 THEN 'raw' ELSE 'fs' END,
 CASE g % 4 WHEN 0 THEN 'armv7hl' ELSE 'x86_64' END,
 CASE WHEN g > {building} THEN 'BUILDING' WHEN g % 9 = 0 THEN 'ERROR' ELSE 'DONE' END, '2026-11-21 07:00', 'wfid-' || g,
 g * 1000, g * 1000, g * 1000 + 500, 'http://img.example/web/user/bench-' || g || '/n.raw', 'http://img.example/web/user/bench-' || g || '/',
 'http://img.example/web/user/bench-' || g || '/n.log', CASE WHEN g % 9 = 0 THEN 'no package matches qt-qmlviewer (line 41)' ELSE '' END,
 '', '', '', 'likeness ' || g FROM {numbers} AS n;
INSERT INTO job_asked (number, asked, kickstart) SELECT number, '{{\"queue\":\"web\",\"prefix\":\"web/user\"}}', 'lang C' FROM job WHERE number BETWEEN {from} AND {to};
INSERT INTO job_tag (tag, number) SELECT 'release', number FROM job WHERE number BETWEEN {from} AND {to} AND number % 100 = 0;
INSERT INTO job_event (number, at_ms, who, what) SELECT number, created_ms, user_name, '\"recorded\"' FROM job WHERE number BETWEEN {from} AND {to};
"
    );
    for word in ["'n' || (number % 911)", "'x86'", "'64'", "'devel'"] {
        text += &format!(
            "INSERT INTO job_word (word, number) SELECT {word}, number FROM job WHERE number BETWEEN {from} AND {to};\n"
        );
    }
    text + "COMMIT"
}
