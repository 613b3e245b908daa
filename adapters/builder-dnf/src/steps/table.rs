//! The tables of users and groups; pure.
//!
//! Images are small: many have no useradd or chpasswd. These tables are the same everywhere, so they are written here.

/// The texts of /etc/passwd and its three companions; `None` for one the image does not have.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Tables {
    pub(crate) passwd: Option<String>,
    pub(crate) shadow: Option<String>,
    pub(crate) group: Option<String>,
    pub(crate) gshadow: Option<String>,
}

/// One new user.
#[derive(Clone, Debug, Default)]
pub(crate) struct NewUser<'a> {
    pub(crate) name: &'a str,
    pub(crate) uid: Option<u32>,
    pub(crate) gid: Option<u32>,
    pub(crate) gecos: &'a str,
    pub(crate) home: &'a str,
    pub(crate) shell: &'a str,
    /// What stands for the password: a hash, or `!` for none.
    pub(crate) hash: &'a str,
    pub(crate) groups: &'a [String],
}

/// Ids of people, as `useradd` deals them out.
const PEOPLE: std::ops::Range<u32> = 1000..60_000;

impl Tables {
    /// Sets what stands for the password of a user who is there; says whether there is one.
    pub(crate) fn set_password(&mut self, user: &str, hash: &str) -> bool {
        // Without a shadow table the hash stands in passwd itself.
        let table = if self.shadow.is_some() { &mut self.shadow } else { &mut self.passwd };
        let text = table.get_or_insert_default();
        let there = row(text, user).is_some();
        change(text, user, 1, |_| hash.to_owned());
        there
    }

    /// Adds a group, or returns the one that is there; its number is `gid` or the next free one.
    pub(crate) fn add_group(&mut self, name: &str, gid: Option<u32>) -> Result<u32, String> {
        let groups = self.group.get_or_insert_default();
        if let Some(row) = row(groups, name) {
            let known =
                number(row, 2).ok_or_else(|| format!("the image's /etc/group is damaged at {name}"))?;
            return match gid {
                Some(gid) if gid != known => {
                    Err(format!("the image has a group {name} with the number {known} already"))
                }
                _ => Ok(known),
            };
        }
        if gid == Some(u32::MAX) {
            return Err(format!("the number of group {name} stands for none"));
        }
        if let Some(taken) = gid.and_then(|gid| owner(groups, gid)) {
            return Err(format!("the number of group {name} belongs to group {taken} already"));
        }
        let gid = gid.or_else(|| free(groups)).ok_or("the image has no free group number")?;
        push(groups, &format!("{name}:x:{gid}:"));
        if let Some(gshadow) = &mut self.gshadow {
            push(gshadow, &format!("{name}:!::"));
        }
        Ok(gid)
    }

    /// Adds a user with its groups; returns its user and group numbers.
    pub(crate) fn add_user(&mut self, user: &NewUser<'_>, today: u64) -> Result<(u32, u32), String> {
        let name = user.name;
        let people = self.passwd.get_or_insert_default();
        if row(people, name).is_some() {
            return Err(format!("the image has a user {name} already"));
        }
        if let Some(taken) = user.uid.and_then(|uid| owner(people, uid)) {
            return Err(format!("the number of user {name} belongs to user {taken} already"));
        }
        let uid = user.uid.or_else(|| free(people)).ok_or("the image has no free user number")?;
        let gid = match user.gid {
            Some(gid) if owner(self.group.get_or_insert_default(), gid).is_some() => gid,
            Some(gid) => self.add_group(name, Some(gid))?,
            // The user's own group gets the user's number when that is free.
            None => {
                let groups = self.group.get_or_insert_default();
                let same = (row(groups, name).is_none() && owner(groups, uid).is_none()).then_some(uid);
                self.add_group(name, same)?
            }
        };
        let NewUser { gecos, home, shell, hash, .. } = user;
        let in_passwd = if self.shadow.is_some() { "x" } else { hash };
        push(
            self.passwd.get_or_insert_default(),
            &format!("{name}:{in_passwd}:{uid}:{gid}:{gecos}:{home}:{shell}"),
        );
        if let Some(shadow) = &mut self.shadow {
            push(shadow, &format!("{name}:{hash}:{today}:0:99999:7:::"));
        }
        for group in user.groups {
            self.add_group(group, None)?;
            self.join(name, group);
        }
        Ok((uid, gid))
    }

    fn join(&mut self, user: &str, group: &str) {
        for table in [&mut self.group, &mut self.gshadow].into_iter().flatten() {
            change(table, group, 3, |members| match members {
                "" => user.to_owned(),
                _ if members.split(',').any(|member| member == user) => members.to_owned(),
                _ => format!("{members},{user}"),
            });
        }
    }
}

fn row<'a>(table: &'a str, name: &str) -> Option<&'a str> {
    table.lines().find(|line| line.split(':').next() == Some(name))
}

fn number(row: &str, field: usize) -> Option<u32> {
    row.split(':').nth(field)?.parse().ok()
}

fn owner(table: &str, id: u32) -> Option<&str> {
    table.lines().find(|line| number(line, 2) == Some(id)).and_then(|line| line.split(':').next())
}

fn free(table: &str) -> Option<u32> {
    let taken: std::collections::HashSet<_> = table.lines().filter_map(|line| number(line, 2)).collect();
    PEOPLE.into_iter().find(|id| !taken.contains(id))
}

fn push(table: &mut String, row: &str) {
    if !table.is_empty() && !table.ends_with('\n') {
        table.push('\n');
    }
    table.push_str(row);
    table.push('\n');
}

fn change(table: &mut String, name: &str, field: usize, to: impl Fn(&str) -> String) {
    let lines = table.lines().map(|line| {
        let mut fields: Vec<String> = line.split(':').map(str::to_owned).collect();
        if fields[0] == name && fields.len() > field {
            fields[field] = to(&fields[field]);
        }
        fields.join(":") + "\n"
    });
    *table = lines.collect();
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tables() -> Tables {
        Tables {
            passwd: Some("root:x:0:0:root:/root:/bin/sh\nbin:x:1:1::/bin:/bin/false".into()),
            shadow: Some("root:!:19000:0:99999:7:::\n".into()),
            group: Some("root:x:0:\nwheel:x:10:ana\nvideo:x:1000:\n".into()),
            gshadow: Some("root:!::\nwheel:!::ana\nvideo:!::\n".into()),
        }
    }

    fn user(name: &str) -> NewUser<'_> {
        NewUser { name, home: "/home/bob", shell: "/bin/sh", hash: "!", ..NewUser::default() }
    }

    #[test]
    fn a_user_gets_the_next_number_a_group_and_a_shadow_line() {
        let mut tables = tables();
        let groups = ["wheel".to_owned(), "new".to_owned()];

        let ids = tables.add_user(&NewUser { groups: &groups, ..user("bob") }, 20_000).unwrap();

        assert_eq!(ids, (1000, 1001), "group 1000 was taken by video");
        assert!(tables.passwd.unwrap().ends_with("/bin/false\nbob:x:1000:1001::/home/bob:/bin/sh\n"));
        assert!(tables.shadow.unwrap().ends_with("bob:!:20000:0:99999:7:::\n"));
        let group = tables.group.unwrap();
        assert!(
            group.contains("wheel:x:10:ana,bob\n") && group.ends_with("bob:x:1001:\nnew:x:1002:bob\n"),
            "{group}"
        );
        assert!(tables.gshadow.unwrap().contains("wheel:!::ana,bob\n"));
    }

    #[test]
    fn numbers_that_are_taken_are_refused_by_name() {
        let wanted = NewUser { uid: Some(1), ..user("bob") };
        assert_eq!(
            tables().add_user(&wanted, 0).unwrap_err(),
            "the number of user bob belongs to user bin already"
        );
        assert_eq!(tables().add_user(&user("root"), 0).unwrap_err(), "the image has a user root already");
        assert_eq!(
            tables().add_group("mine", Some(10)).unwrap_err(),
            "the number of group mine belongs to group wheel already"
        );
        assert_eq!(tables().add_group("wheel", None), Ok(10));
    }

    #[test]
    fn without_a_shadow_table_the_hash_stands_in_passwd() {
        let mut tables = Tables { shadow: None, gshadow: None, ..tables() };

        assert!(tables.set_password("root", "$6$x"));
        tables.add_user(&NewUser { hash: "$6$y", ..user("bob") }, 0).unwrap();

        let passwd = tables.passwd.unwrap();
        assert!(passwd.starts_with("root:$6$x:0:0:") && passwd.contains("bob:$6$y:1000:"), "{passwd}");
        assert!(!Tables::default().set_password("root", "x"));
    }
}
