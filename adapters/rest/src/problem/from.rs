//! What goes wrong behind the addresses, as a problem.

use imaging::door::DoorError;
use imaging::{OpenGnsysError, Refusal, RepositoryError, StoreError};

use super::{Kind, Mistake, Problem, chain};

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Problem {
        match refusal {
            Refusal::NoJob(_) => Problem::missing(refusal.to_string()),
            Refusal::NotAllowed(_) => Problem::not_allowed(refusal.to_string()),
            Refusal::Unchangeable { .. } | Refusal::Needed(_) => Problem::conflict(refusal.to_string()),
            Refusal::Mistakes(mistakes) => {
                Problem::mistakes(mistakes.into_iter().map(|one| Mistake::of(one.field, one.why)).collect())
            }
            Refusal::Broken(error) => error.into(),
            other => Problem::ours(&other),
        }
    }
}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Problem {
        tracing::error!("{}", chain(&error));
        if let Some(full) = error.no_room() {
            return Problem::new(Kind::Full, format!("{full}; nothing was changed"));
        }
        Problem::away(
            "the job store cannot be reached; nothing was changed, or the same request finds it done",
        )
    }
}

impl From<DoorError> for Problem {
    fn from(error: DoorError) -> Problem {
        match error {
            DoorError::BadPassword(why) => Problem::mistake("password", why),
            DoorError::NoInvitation => Problem::mistake(
                "invitation",
                "does not count any more: it was used, or is more than a day old; ask for a new one",
            ),
            DoorError::NoAccount(_) => Problem::missing(error.to_string()),
            DoorError::KnownElsewhere(_) => Problem::conflict(error.to_string()),
            DoorError::OfAnother(_) | DoorError::BadName(_) => {
                tracing::warn!("{error}");
                Problem::not_allowed(error.to_string())
            }
            DoorError::DirectoryAway(error) => {
                tracing::error!("{}", chain(&error));
                Problem::away(
                    "the LDAP server that knows the passwords cannot be asked; who has a password of this site logs in as ever",
                )
            }
            DoorError::Broken(error) => error.into(),
            other => Problem::ours(&other),
        }
    }
}

impl From<RepositoryError> for Problem {
    fn from(error: RepositoryError) -> Problem {
        let number = error.opengnsys();
        let kind = match (&error, number) {
            (RepositoryError::Stopped, _) | (_, OpenGnsysError::NotWrite) => Kind::Away,
            (_, OpenGnsysError::NotFound | OpenGnsysError::Repository) => Kind::Missing,
            (_, OpenGnsysError::Locked) => Kind::Conflict,
            (_, OpenGnsysError::CacheSize) => Kind::Full,
            (_, OpenGnsysError::Format | OpenGnsysError::Image) => Kind::Mistakes,
            (RepositoryError::Refused { .. }, _) => Kind::Conflict,
            _ => return Problem { opengnsys: Some(number.number()), ..Problem::ours(&error) },
        };
        if matches!(error, RepositoryError::Disk { .. }) {
            tracing::error!("{}", error.sentence());
        }
        Problem { opengnsys: Some(number.number()), ..Problem::new(kind, error.sentence()) }
    }
}

#[cfg(test)]
mod tests {
    use axum::response::IntoResponse;
    use imaging::NoRoom;

    use super::*;

    #[test]
    fn a_full_disk_is_named_and_nobody_is_told_to_try_again() {
        let of = |is_certain| {
            let full = NoRoom { place: "/srv/jobs.db".into(), is_certain, source: "SQLITE_FULL".into() };
            Problem::from(StoreError { doing: "record a job", source: full.into() })
        };
        let problem = of(true);
        assert_eq!(problem.detail, "the disk of /srv/jobs.db is full: make room there; nothing was changed");
        assert!(
            of(false).detail.starts_with("the disk of /srv/jobs.db is full, or does not work: make room")
        );
        let answer = problem.into_response();
        assert_eq!(answer.status(), 507);
        assert!(!answer.headers().contains_key("retry-after"));

        let away = Problem::from(StoreError { doing: "record a job", source: "gone".into() }).into_response();
        assert_eq!((away.status().as_u16(), &away.headers()["retry-after"]), (503, &"5".parse().unwrap()));
    }

    #[test]
    fn what_a_repository_refuses_has_the_number_of_opengnsys() {
        let refused = |number| RepositoryError::refused(number, "so it is");
        let disk = |kind: std::io::ErrorKind| RepositoryError::disk("write a.img", kind.into());
        for (error, status, number) in [
            (refused(OpenGnsysError::Format), 422, 1),
            (refused(OpenGnsysError::NotFound), 404, 2),
            (refused(OpenGnsysError::Locked), 409, 4),
            (refused(OpenGnsysError::Image), 422, 5),
            (refused(OpenGnsysError::NotWrite), 503, 14),
            (refused(OpenGnsysError::CacheSize), 507, 16),
            (refused(OpenGnsysError::Repository), 404, 23),
            (refused(OpenGnsysError::Generic), 409, 40),
            (disk(std::io::ErrorKind::StorageFull), 507, 16),
            (disk(std::io::ErrorKind::ReadOnlyFilesystem), 503, 14),
            (disk(std::io::ErrorKind::BrokenPipe), 500, 40),
            (RepositoryError::Stopped, 503, 40),
        ] {
            let said = format!("{error:?}");
            let problem = Problem::from(error);
            assert_eq!((problem.status().as_u16(), problem.opengnsys()), (status, Some(number)), "{said}");
        }
    }
}
