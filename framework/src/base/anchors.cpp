// Out-of-line destructors: the vtables and typeinfos of all SDK interfaces live in libassay.so.

#include "assay/backend.hpp"
#include "assay/dataset.hpp"
#include "assay/model.hpp"
#include "assay/params.hpp"
#include "assay/run.hpp"
#include "assay/stored.hpp"

namespace assay {

Writer::~Writer() = default;
Reader::~Reader() = default;
KnowsExtents::~KnowsExtents() = default;
Group::~Group() = default;
Executor::~Executor() = default;
Run::~Run() = default;
Model::~Model() = default;
Recommender::~Recommender() = default;
Generator::~Generator() = default;
Predictor::~Predictor() = default;
Resumable::~Resumable() = default;
Sized::~Sized() = default;
RatingPredictor::~RatingPredictor() = default;
Explainer::~Explainer() = default;
DatasetSink::~DatasetSink() = default;
void DatasetSink::companion(std::string_view) {}
Dataset::~Dataset() = default;
StatusSink::~StatusSink() = default;
ByteSink::~ByteSink() = default;
Backend::~Backend() = default;
ParamSource::~ParamSource() = default;
ErrorSink::~ErrorSink() = default;

}  // namespace assay
