/// @file
/// From a fitted model to what comes next: types of cells, fates under any perturbation, velocities of cells.
#pragma once

#include <cardamom/prediction/cell_classifier.hpp>
#include <cardamom/prediction/cell_types.hpp>
#include <cardamom/prediction/classifier_error.hpp>
#include <cardamom/prediction/data_protocol.hpp>
#include <cardamom/prediction/fate_shares.hpp>
#include <cardamom/prediction/multinomial_logistic.hpp>
#include <cardamom/prediction/nearest_centre.hpp>
#include <cardamom/prediction/observed_shares.hpp>
#include <cardamom/prediction/rank_experiments.hpp>
#include <cardamom/prediction/rank_perturbations.hpp>
#include <cardamom/prediction/report/prediction_report.hpp>
#include <cardamom/prediction/stabilised_counts.hpp>
#include <cardamom/prediction/velocity.hpp>
#include <cardamom/prediction/velocity_embedding.hpp>
