//! Fixed phrases in names of Vietnamese bodies: what has their letters and other marks was misread, though each word by itself may be
//! a good one (`THÀNH PHÓ` for `THÀNH PHỐ`).
//!
//! Only phrases stand here that mean nothing else without their marks, since names of places and persons stand beside them.

use crate::reading::fields::plain::is_spelt_alike;
use crate::reading::fields::plain::squeezed;

/// In small letters; a tone may stand on another vowel of its syllable.
const PHRASES: [&str; 63] = [
    "ủy ban nhân dân",
    "hội đồng nhân dân",
    "tòa án nhân dân",
    "viện kiểm sát nhân dân",
    "thành phố",
    "thị xã",
    "thị trấn",
    "công an",
    "việt nam",
    "hồ chí minh",
    "đà nẵng",
    "thành phố hà nội",
    "thành phố hải phòng",
    "thành phố cần thơ",
    "văn phòng chính phủ",
    "thanh tra chính phủ",
    "bộ nội vụ",
    "sở nội vụ",
    "phòng nội vụ",
    "bộ tư pháp",
    "sở tư pháp",
    "phòng tư pháp",
    "bộ tài chính",
    "sở tài chính",
    "bộ y tế",
    "sở y tế",
    "trung tâm y tế",
    "bộ xây dựng",
    "sở xây dựng",
    "bộ công thương",
    "sở công thương",
    "bộ ngoại giao",
    "sở ngoại vụ",
    "bộ quốc phòng",
    "giáo dục và đào tạo",
    "khoa học và công nghệ",
    "kế hoạch và đầu tư",
    "thông tin và truyền thông",
    "thể thao và du lịch",
    "thương binh và xã hội",
    "nông nghiệp và phát triển nông thôn",
    "nông nghiệp và môi trường",
    "tài nguyên và môi trường",
    "giao thông vận tải",
    "bảo hiểm xã hội",
    "kho bạc nhà nước",
    "ngân hàng nhà nước",
    "cục thuế",
    "cục hải quan",
    "liên đoàn lao động",
    "mặt trận tổ quốc",
    "hội nông dân",
    "hội liên hiệp phụ nữ",
    "hội cựu chiến binh",
    "hợp tác xã",
    "công ty cổ phần",
    "trách nhiệm hữu hạn",
    "trung học cơ sở",
    "trung học phổ thông",
    "trường tiểu học",
    "trường đại học",
    "trường cao đẳng",
    "bệnh viện đa khoa",
];

/// Whether words of a body's name have the letters of a fixed phrase and not its marks.
pub(super) fn is_misspelt(words: &[String]) -> bool {
    PHRASES.iter().any(|phrase| {
        let due: Vec<&str> = phrase.split(' ').collect();
        words.windows(due.len()).any(|own| {
            let pairs = || own.iter().zip(&due);
            pairs().all(|(own, due)| squeezed(own) == squeezed(due))
                && !pairs().all(|(own, due)| is_spelt_alike(own, due))
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn misspelt(name: &str) -> bool {
        let words: Vec<String> = name.split(' ').map(str::to_owned).collect();
        is_misspelt(&words)
    }

    #[test]
    fn a_fixed_phrase_with_other_marks_was_misread_in_any_case_of_letters() {
        let right = "ỦY BAN NHÂN DÂN THÀNH PHỐ ĐÀ NẴNG";
        let names = [right, "UỶ BAN NHÂN DÂN", "Sở Văn hoá, Thể thao và Du lịch"];
        for name in names {
            assert!(!misspelt(name), "{name}");
        }
        for (own, other) in [
            ("PHỐ", "PHÓ"),
            ("ỦY", "ÚY"),
            ("NHÂN", "NHẬN"),
            ("NẴNG", "NẮNG"),
        ] {
            let name = right.replace(own, other);
            assert!(misspelt(&name) && misspelt(&name.to_lowercase()), "{name}");
        }
    }

    #[test]
    fn words_that_are_no_phrase_are_not_held_against_one() {
        for name in [
            "PHÓ GIÁM ĐỐC",
            "CÔNG TY TNHH THÀNH PHÚ",
            "TRƯỜNG NGUYỄN VĂN PHONG",
            "THÀNH",
        ] {
            assert!(!misspelt(name), "{name}");
        }
    }

    #[test]
    fn every_phrase_is_itself_right() {
        for phrase in PHRASES {
            assert!(!misspelt(phrase) && phrase.contains(' '), "{phrase}");
        }
    }
}
