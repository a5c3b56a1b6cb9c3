//! Rust sources without their comments and texts, for checks that look at code. Knows Rust's tokens, as
//! far as it takes to tell code from text; knows no rules.

/// The source with comments, texts and characters blanked out. Lines keep their numbers.
pub(crate) fn code_only(source: &str) -> String {
    let mut scanner = Scanner { bytes: source.as_bytes(), position: 0, code: Vec::with_capacity(source.len()) };
    while scanner.position < scanner.bytes.len() {
        scanner.token();
    }
    // Only whole characters were copied, and the rest replaced by spaces.
    String::from_utf8_lossy(&scanner.code).into_owned()
}

/// The identifiers and keywords of code, with the number of their line.
pub(crate) fn words(code: &str) -> impl Iterator<Item = (usize, &str)> {
    code.lines().enumerate().flat_map(|(idx, line)| {
        line.split(|c: char| !is_word(c)).filter(|word| !word.is_empty()).map(move |word| (idx + 1, word))
    })
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

struct Scanner<'a> {
    bytes: &'a [u8],
    position: usize,
    code: Vec<u8>,
}

impl Scanner<'_> {
    fn token(&mut self) {
        let rest = &self.bytes[self.position..];
        let end = match rest {
            [b'/', b'/', ..] => rest.iter().position(|&byte| byte == b'\n').unwrap_or(rest.len()),
            [b'/', b'*', ..] => comment_end(rest),
            [b'"', ..] => text_end(rest),
            [b'\'', ..] => match character_end(rest) {
                Some(end) => end,
                // A lifetime: its name is code.
                None => return self.copy(1),
            },
            [b'r', ..] if !self.is_in_word() => match raw_text_end(rest) {
                Some(end) => end,
                None => return self.copy(1),
            },
            // The prefix of a byte or C text is its own token, so that a raw text after it is seen.
            [b'b' | b'c', b'r', ..] if !self.is_in_word() => match raw_text_end(&rest[1..]) {
                Some(end) => end + 1,
                None => return self.copy(1),
            },
            _ => return self.copy(1),
        };
        let blanked = rest[..end].iter().map(|&byte| if byte == b'\n' { b'\n' } else { b' ' });
        self.code.extend(blanked);
        self.position += end;
    }

    fn copy(&mut self, len: usize) {
        self.code.extend_from_slice(&self.bytes[self.position..self.position + len]);
        self.position += len;
    }

    fn is_in_word(&self) -> bool {
        self.code.last().is_some_and(|&byte| byte == b'_' || byte.is_ascii_alphanumeric())
    }
}

fn comment_end(rest: &[u8]) -> usize {
    let mut depth = 0usize;
    let mut position = 0;
    while position < rest.len() {
        match &rest[position..] {
            [b'/', b'*', ..] => {
                depth += 1;
                position += 2;
            }
            [b'*', b'/', ..] => {
                depth -= 1;
                position += 2;
                if depth == 0 {
                    break;
                }
            }
            _ => position += 1,
        }
    }
    position
}

fn text_end(rest: &[u8]) -> usize {
    let mut position = 1;
    while position < rest.len() {
        match rest[position] {
            b'"' => return position + 1,
            b'\\' => position += 2,
            _ => position += 1,
        }
    }
    rest.len()
}

fn character_end(rest: &[u8]) -> Option<usize> {
    if rest.get(1) == Some(&b'\\') {
        let closing = rest.iter().skip(3).position(|&byte| byte == b'\'')?;
        return Some(3 + closing + 1);
    }
    // A character takes up to four bytes; a lifetime has no quote after its first one.
    let len = std::str::from_utf8(&rest[1..rest.len().min(5)])
        .map_or_else(
            |error| std::str::from_utf8(&rest[1..1 + error.valid_up_to()]).ok().and_then(|text| text.chars().next()),
            |text| text.chars().next(),
        )?
        .len_utf8();
    (rest.get(1 + len) == Some(&b'\'')).then_some(len + 2)
}

fn raw_text_end(rest: &[u8]) -> Option<usize> {
    let n_hashes = rest[1..].iter().take_while(|&&byte| byte == b'#').count();
    if rest.get(1 + n_hashes) != Some(&b'"') {
        return None;
    }
    let mut closing = vec![b'"'];
    closing.resize(1 + n_hashes, b'#');
    let start = 2 + n_hashes;
    let found = rest[start..].windows(closing.len()).position(|window| window == closing);
    Some(found.map_or(rest.len(), |found| start + found + closing.len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_code_is_left() {
        let check = |source: &str, expected: &[&str]| {
            let code = code_only(source);
            assert_eq!(code.len(), source.len(), "{source}");
            assert_eq!(words(&code).map(|(_, word)| word).collect::<Vec<_>>(), expected, "{source}");
        };
        check("a // unsafe\nb", &["a", "b"]);
        check("a /* x /* unsafe */ y */ b", &["a", "b"]);
        check(r#"a "un\"safe" b"#, &["a", "b"]);
        check(r##"a r#"un"safe"# b"##, &["a", "b"]);
        check(r##"a br#"unsafe"# b"##, &["a", "b"]);
        check("a '\"' b '\\'' c 'ä' d", &["a", "b", "c", "d"]);
        check("fn f<'a>(x: &'a str) {}", &["fn", "f", "a", "x", "a", "str"]);
        check("for r in x {}", &["for", "r", "in", "x"]);
    }

    #[test]
    fn lines_keep_their_numbers() {
        let code = code_only("/* 1\n2 */ a\n\"3\n4\" b");
        assert_eq!(words(&code).collect::<Vec<_>>(), [(2, "a"), (4, "b")]);
    }
}
