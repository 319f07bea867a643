#include "object_names.hpp"

#include <algorithm>
#include <array>

namespace fluoro {
namespace {

struct Named {
    char const* value;
    char const* key;
};

// PS3.4 table B.5-1, the part behind "1.2.840.10008.5.1.4.1.1."; first match of the start of the UID wins.
constexpr std::array classes{
    Named{"1.1", "a digital X-ray image|digital X-ray images"},
    Named{"1", "a computed radiography image|computed radiography images"},
    Named{"3", "an ultrasound image|ultrasound images"},
    Named{"4", "an MR image|MR images"},
    Named{"6", "an ultrasound image|ultrasound images"},
    Named{"7", "a secondary capture|secondary captures"},
    Named{"9.1", "an ECG waveform|ECG waveforms"},
    Named{"9", "a waveform|waveforms"},
    Named{"11", "a presentation state|presentation states"},
    Named{"12.1", "an X-ray angiography image|X-ray angiography images"},
    Named{"12.2", "an X-ray fluoroscopy image|X-ray fluoroscopy images"},
    Named{"12", "an X-ray angiography image|X-ray angiography images"},
    Named{"13.1.1", "a reconstructed 3D angiography volume|reconstructed 3D angiography volumes"},
    Named{"13", "a breast tomosynthesis volume|breast tomosynthesis volumes"},
    Named{"14", "an intravascular OCT image|intravascular OCT images"},
    Named{"20", "a nuclear medicine image|nuclear medicine images"},
    Named{"30", "a parametric map|parametric maps"},
    Named{"66.1", "a spatial registration|spatial registrations"},
    Named{"66.3", "a deformable registration|deformable registrations"},
    Named{"66.4", "a segmentation|segmentations"},
    Named{"66.5", "a surface segmentation|surface segmentations"},
    Named{"66", "a raw data object|raw data objects"},
    Named{"67", "a real-world value mapping|real-world value mappings"},
    Named{"68", "a surface scan|surface scans"},
    Named{"77", "a visible-light photograph|visible-light photographs"},
    Named{"78", "an eye measurement|eye measurements"},
    Named{"88.67", "an X-ray dose report|X-ray dose reports"},
    Named{"88.59", "a key object note|key object notes"},
    Named{"88", "a structured report|structured reports"},
    Named{"104", "an encapsulated document|encapsulated documents"},
    Named{"128", "a PET image|PET images"},
    Named{"130", "a PET image|PET images"},
    Named{"481.1", "a radiotherapy image|radiotherapy images"},
    Named{"481.2", "a radiotherapy dose|radiotherapy doses"},
    Named{"481.3", "a radiotherapy structure set|radiotherapy structure sets"},
    Named{"481.5", "a radiotherapy plan|radiotherapy plans"},
    Named{"481.8", "a radiotherapy plan|radiotherapy plans"},
    Named{"481", "a radiotherapy object|radiotherapy objects"},
};

constexpr std::array modalities{
    Named{"MR", "an MR image|MR images"},
    Named{"SR", "a structured report|structured reports"},
    Named{"RTDOSE", "a radiotherapy dose|radiotherapy doses"},
    Named{"RTPLAN", "a radiotherapy plan|radiotherapy plans"},
    Named{"RTSTRUCT", "a radiotherapy structure set|radiotherapy structure sets"},
    Named{"RTIMAGE", "a radiotherapy image|radiotherapy images"},
    Named{"PT", "a PET image|PET images"},
    Named{"NM", "a nuclear medicine image|nuclear medicine images"},
    Named{"US", "an ultrasound image|ultrasound images"},
    Named{"XA", "an X-ray angiography image|X-ray angiography images"},
    Named{"RF", "an X-ray fluoroscopy image|X-ray fluoroscopy images"},
    Named{"CR", "a computed radiography image|computed radiography images"},
    Named{"DX", "a digital X-ray image|digital X-ray images"},
    Named{"MG", "a mammogram|mammograms"},
    Named{"SEG", "a segmentation|segmentations"},
    Named{"PR", "a presentation state|presentation states"},
    Named{"KO", "a key object note|key object notes"},
    Named{"ECG", "an ECG waveform|ECG waveforms"},
    Named{"OT", "a secondary capture|secondary captures"},
};

std::string const image_classes = "1.2.840.10008.5.1.4.1.1.";

/// Whether `uid` is `stem` or begins with it at a full stop.
bool is_under(std::string const& uid, std::string const& stem)
{
    return uid.starts_with(stem) && (uid.size() == stem.size() || uid[stem.size()] == '.');
}

} // namespace

bool is_ct_class(std::string const& sop_class)
{
    return is_under(sop_class, image_classes + "2");
}

std::string object_key(std::string const& sop_class, std::string const& modality)
{
    if (is_ct_class(sop_class)) return {};
    for (auto const& [value, key] : classes)
        if (is_under(sop_class, image_classes + value)) return key;
    if (modality == "CT") return {};
    for (auto const& [value, key] : modalities)
        if (modality == value) return key;
    if (sop_class.empty() && modality.empty())
        return "a DICOM object that does not say what it is|DICOM objects that do not say what they are";
    // Both come from the file: only what is a code is repeated.
    auto const shown = [](std::string text) {
        std::erase_if(text, [](char c) { return !std::isalnum(static_cast<unsigned char>(c)) && c != '.'; });
        return text.substr(0, 64);
    };
    std::string const name = modality.empty() ? "class " + shown(sop_class) : "modality " + shown(modality);
    return "a DICOM object of " + name + "|DICOM objects of " + name;
}

std::string object_name(std::string const& key, int count)
{
    auto const bar = key.find('|');
    return count == 1 ? key.substr(0, bar) : std::to_string(count) + " " + key.substr(bar + 1);
}

} // namespace fluoro
