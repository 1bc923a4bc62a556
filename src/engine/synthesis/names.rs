//! Invented bodies: no name here is meant to be anyone's.

use crate::synthesis::chance::Chance;

/// The words of a body that appear on its seal and its letters.
#[derive(Clone, Debug, PartialEq)]
pub struct Body {
    /// Full name as the register has it.
    pub name: String,
    /// What kind of body, upper case.
    pub kind: String,
    /// Its own name, upper case.
    pub own: String,
    /// Where it sits, upper case.
    pub place: String,
    /// The body above it, upper case.
    pub above: String,
    /// Its number.
    pub code: String,
    /// Whether its letters are Chinese.
    pub chinese: bool,
}

const KINDS: [&str; 16] = [
    "Công ty TNHH",
    "Công ty cổ phần",
    "Trường trung học",
    "Bệnh viện đa khoa",
    "Trung tâm y tế",
    "Hợp tác xã",
    "Văn phòng công chứng",
    "Hiệp hội nghề cá",
    "Ban quản lý rừng",
    "Phòng kinh tế",
    "Viện nghiên cứu",
    "Nhà máy giấy",
    "Quỹ tín dụng",
    "Đoàn kịch nói",
    "Xí nghiệp gốm sứ",
    "Bảo tàng",
];

const FIRST: [&str; 22] = [
    "Hưng",
    "Thịnh",
    "Quế",
    "Thạch",
    "Mỹ",
    "Vĩnh",
    "Đại",
    "Kỳ",
    "Tường",
    "Xuân",
    "Ngũ",
    "Phước",
    "Khuê",
    "Lộc",
    "Thượng",
    "Diễm",
    "Bích",
    "Hữu",
    "Nghĩa",
    "Trúc",
    "Uyển",
    "Giáng",
];

const SECOND: [&str; 22] = [
    "Khê", "Đằng", "Lĩnh", "Vượng", "Quỳnh", "Thuỷ", "Điền", "Sơn", "Cẩm", "Ngọc", "Kiều", "Trạch",
    "Phổ", "Yên", "Ứng", "Mộc", "Tuyền", "Hạ", "Bảo", "Tịnh", "Xá", "Dực",
];

const ABOVE: [&str; 8] = [
    "Uỷ ban nhân dân tỉnh",
    "Sở Nội vụ tỉnh",
    "Liên hiệp hội tỉnh",
    "Sở Công thương",
    "Uỷ ban nhân dân huyện",
    "Tổng công ty",
    "Hội đồng tỉnh",
    "Sở Văn hoá tỉnh",
];

const HANZI_PLACE: [&str; 12] = [
    "青岚",
    "砚溪",
    "桐浦",
    "鹤汀",
    "云岫",
    "沐川",
    "榆林坡",
    "澄湖",
    "白鹭洲",
    "锦屏",
    "石泉湾",
    "南麓",
];

const HANZI_TRADE: [&str; 14] = [
    "纸业",
    "机械制造",
    "丝绸贸易",
    "建筑工程",
    "食品",
    "信息技术",
    "物流运输",
    "农业发展",
    "文化传播",
    "医疗器械",
    "电子科技",
    "环保设备",
    "园林绿化",
    "印刷",
];

const HANZI_FORM: [&str; 6] = [
    "有限公司",
    "股份有限公司",
    "有限责任公司",
    "集团公司",
    "合作社",
    "研究院",
];

/// A Vietnamese body.
#[must_use]
pub fn vietnamese(chance: &mut Chance) -> Body {
    let kind = *chance.pick(&KINDS);
    let own = place_name(chance);
    let place = place_name(chance);
    let above = *chance.pick(&ABOVE);
    let town = if chance.happens(0.5) {
        "Tỉnh"
    } else {
        "Thành phố"
    };
    Body {
        name: format!("{kind} {own}"),
        kind: kind.to_uppercase(),
        own: own.to_uppercase(),
        place: format!("{town} {place}").to_uppercase(),
        above: format!("{above} {place}").to_uppercase(),
        code: digits(chance, 10),
        chinese: false,
    }
}

/// A Chinese body.
#[must_use]
pub fn chinese(chance: &mut Chance) -> Body {
    let place = *chance.pick(&HANZI_PLACE);
    let trade = *chance.pick(&HANZI_TRADE);
    let form = *chance.pick(&HANZI_FORM);
    let name = format!("{place}{trade}{form}");
    Body {
        kind: name.clone(),
        own: format!("{place}{trade}"),
        place: place.to_owned(),
        above: format!("{place}市"),
        code: digits(chance, 13),
        chinese: true,
        name,
    }
}

/// The same body with one word or digit changed: a near twin in the register.
#[must_use]
pub fn near_twin(body: &Body, chance: &mut Chance) -> Body {
    let mut twin = body.clone();
    let mut digit: Vec<char> = body.code.chars().collect();
    let last = digit.len() - 1;
    digit[last] = if digit[last] == '7' { '4' } else { '7' };
    twin.code = digit.into_iter().collect();
    if body.chinese {
        let old = body.place.clone();
        let new = loop {
            let place = *chance.pick(&HANZI_PLACE);
            if place != old && place.chars().count() == old.chars().count() {
                break place;
            }
        };
        for text in [
            &mut twin.name,
            &mut twin.kind,
            &mut twin.own,
            &mut twin.above,
        ] {
            *text = text.replace(&old, new);
        }
        new.clone_into(&mut twin.place);
        return twin;
    }
    let first = body.own.split(' ').next().unwrap_or_default();
    let second = loop {
        let word = *chance.pick(&SECOND);
        if !body.own.ends_with(&word.to_uppercase()) {
            break word;
        }
    };
    let own_before = body.name.split(' ').next_back().unwrap_or_default();
    twin.name = body.name.replace(own_before, second);
    twin.own = format!("{first} {}", second.to_uppercase());
    twin
}

/// The same body with one digit of its number changed.
#[must_use]
pub fn renumbered(body: &Body, chance: &mut Chance) -> Body {
    let mut digits: Vec<char> = body.code.chars().collect();
    let place = chance.index(digits.len());
    let other = loop {
        let digit = *chance.pick(&['1', '2', '3', '4', '5', '6', '7', '8', '9']);
        if digit != digits[place] {
            break digit;
        }
    };
    digits[place] = other;
    Body {
        code: digits.into_iter().collect(),
        ..body.clone()
    }
}

/// A person's name.
#[must_use]
pub fn person(chance: &mut Chance) -> String {
    const FAMILY: [&str; 12] = [
        "Nguyễn", "Trần", "Lê", "Phạm", "Hoàng", "Vũ", "Đặng", "Bùi", "Đỗ", "Ngô", "Dương", "Lý",
    ];
    const MIDDLE: [&str; 10] = [
        "Văn", "Thị", "Hữu", "Quốc", "Minh", "Ngọc", "Đức", "Thanh", "Xuân", "Kim",
    ];
    const GIVEN: [&str; 14] = [
        "Khải",
        "Lựu",
        "Thắng",
        "Diệp",
        "Quyên",
        "Sáng",
        "Tuệ",
        "Vỹ",
        "Hậu",
        "Ước",
        "Nghị",
        "Phượng",
        "Đoan",
        "Bằng",
    ];
    let (family, middle, given) = (
        chance.pick(&FAMILY),
        chance.pick(&MIDDLE),
        chance.pick(&GIVEN),
    );
    format!("{family} {middle} {given}")
}

/// A string of decimal digits, the first not zero.
#[must_use]
pub fn digits(chance: &mut Chance, count: usize) -> String {
    let digit = |place: usize, chance: &mut Chance| {
        let value = if place == 0 {
            1 + chance.index(9)
        } else {
            chance.index(10)
        };
        char::from(b'0' + u8::try_from(value).unwrap_or(0))
    };
    (0..count).map(|place| digit(place, chance)).collect()
}

fn place_name(chance: &mut Chance) -> String {
    format!("{} {}", chance.pick(&FIRST), chance.pick(&SECOND))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_near_twin_differs_in_its_name_and_keeps_its_kind() {
        let mut chance = Chance::new(9, "names", 0);
        for _ in 0..50 {
            for body in [vietnamese(&mut chance), chinese(&mut chance)] {
                let twin = near_twin(&body, &mut chance);
                assert_ne!(twin.name, body.name);
                assert_ne!(twin.code, body.code);
                assert_eq!(twin.chinese, body.chinese);
            }
        }
    }
}
