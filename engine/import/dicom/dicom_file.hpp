#pragma once
#include <filesystem>
#include <memory>
#include <string>

class DcmDataset;

namespace fluoro {

/// One DICOM file, parsed; values longer than 4 KiB stay in the file until they are asked for.
/// Files without preamble, without meta header, and deflated ones included.
class DicomFile {
public:
    /// Never throws for what is in the file: see `is_dicom` and `problem`.
    explicit DicomFile(std::filesystem::path const& file);
    ~DicomFile();
    DicomFile(DicomFile const&) = delete;
    DicomFile& operator=(DicomFile const&) = delete;

    /// Whether the first bytes are those of a DICOM file.
    bool is_dicom() const { return is_dicom_; }
    /// Why parsing stopped before the end; empty if it did not. What stood before the fault is in the dataset.
    std::string const& problem() const { return problem_; }
    DcmDataset& dataset() const { return *dataset_; }

private:
    bool is_dicom_ = false;
    std::string problem_;
    std::unique_ptr<DcmDataset> dataset_;
};

/// Decoders, silence and parsing rules of DCMTK, once per process. Throws Error (failed) without the data dictionary.
void prepare_dcmtk();

} // namespace fluoro
