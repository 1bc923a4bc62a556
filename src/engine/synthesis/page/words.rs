//! The words of invented letters.

use crate::synthesis::chance::Chance;

/// The heading of Vietnamese letters.
pub(super) const MOTTO: (&str, &str) = (
    "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
    "Độc lập - Tự do - Hạnh phúc",
);

/// The part of a letter's number that names its kind.
pub(super) const SYMBOLS: [&str; 6] = ["QĐ-TCHC", "TB-VP", "BC-KH", "GGT-HC", "CV-KT", "TTr-NV"];

/// Titles of letters.
pub(super) const TITLES: [&str; 7] = [
    "QUYẾT ĐỊNH",
    "THÔNG BÁO",
    "GIẤY GIỚI THIỆU",
    "GIẤY XÁC NHẬN",
    "BIÊN BẢN BÀN GIAO",
    "HỢP ĐỒNG DỊCH VỤ",
    "BÁO CÁO",
];

/// Who signs.
pub(super) const OFFICES: [&str; 7] = [
    "GIÁM ĐỐC",
    "TRƯỞNG BAN",
    "HIỆU TRƯỞNG",
    "CHỦ TỊCH",
    "KT. GIÁM ĐỐC",
    "TL. TRƯỞNG PHÒNG",
    "THỦ TRƯỞNG ĐƠN VỊ",
];

/// Titles of Chinese letters.
pub(super) const HANZI_TITLES: [&str; 5] = ["通知", "证明", "委托书", "关于材料移交的函", "收据"];

const WORDS: [&str; 56] = [
    "căn cứ",
    "vào",
    "các",
    "quy định",
    "hiện hành",
    "về",
    "việc",
    "bàn giao",
    "hồ sơ",
    "tài liệu",
    "theo",
    "đề nghị",
    "của",
    "phòng",
    "tổ chức",
    "và",
    "kế hoạch",
    "trong",
    "thời gian",
    "tới",
    "đơn vị",
    "được",
    "giao",
    "nhiệm vụ",
    "phối hợp",
    "kiểm tra",
    "thiết bị",
    "đã",
    "lắp đặt",
    "tại",
    "trụ sở",
    "chính",
    "những",
    "người",
    "có",
    "tên",
    "dưới đây",
    "chịu",
    "trách nhiệm",
    "thi hành",
    "kể từ",
    "ngày",
    "ký",
    "nội dung",
    "cụ thể",
    "như sau",
    "số lượng",
    "đủ",
    "chất lượng",
    "tốt",
    "hai bên",
    "thống nhất",
    "lập thành",
    "bốn bản",
    "giá trị",
    "ngang nhau",
];

const HANZI: [&str; 40] = [
    "根据",
    "有关",
    "规定",
    "现将",
    "下列",
    "材料",
    "移交",
    "贵单位",
    "请予",
    "查收",
    "并",
    "办理",
    "手续",
    "本次",
    "共计",
    "文件",
    "三十",
    "份",
    "经",
    "双方",
    "核对",
    "无误",
    "签字",
    "确认",
    "后",
    "生效",
    "各部门",
    "应当",
    "按照",
    "时间",
    "完成",
    "工作",
    "，",
    "。",
    "，",
    "联系",
    "人员",
    "地址",
    "设备",
    "检查",
];

/// A word or two of running text.
pub(super) fn word(chinese: bool, chance: &mut Chance) -> &'static str {
    if chinese {
        HANZI[chance.index(HANZI.len())]
    } else {
        WORDS[chance.index(WORDS.len())]
    }
}

/// A letter's place, as it stands before its date, and a day, a month and a year.
pub(super) fn day(place: &str, chance: &mut Chance) -> (String, [usize; 3]) {
    let place = place.split(' ').next_back().unwrap_or_default();
    let mut letters = place.chars();
    let first: String = letters.next().into_iter().collect();
    let rest = letters.as_str().to_lowercase();
    let (day, month, year) = (
        1 + chance.index(28),
        1 + chance.index(12),
        2016 + chance.index(10),
    );
    (format!("{first}{rest}"), [day, month, year])
}

/// A year, a month and a day of a Chinese letter.
pub(super) fn hanzi_day(chance: &mut Chance) -> [usize; 3] {
    let (year, month, day) = (
        2015 + chance.index(11),
        1 + chance.index(12),
        1 + chance.index(28),
    );
    [year, month, day]
}

/// A number below one hundred in characters.
pub(super) fn hanzi_number(number: usize) -> String {
    let (tens, ones) = (number / 10, number % 10);
    let tens = match tens {
        0 => String::new(),
        1 => "十".to_owned(),
        _ => format!("{}十", HANZI_FIGURES[tens]),
    };
    let ones = if ones > 0 { HANZI_FIGURES[ones] } else { "" };
    format!("{tens}{ones}")
}

/// Figures as years in characters have them.
pub(super) const HANZI_FIGURES: [&str; 10] =
    ["〇", "一", "二", "三", "四", "五", "六", "七", "八", "九"];
