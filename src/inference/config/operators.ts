/** Classifiers of ai.onnx.ml, as scikit-learn, LightGBM and XGBoost are converted to, and the map that wraps their scores. */
const CLASSIFIERS: ReadonlySet<string> = new Set(['TreeEnsembleClassifier', 'LinearClassifier', 'SVMClassifier', 'ZipMap']);
const REGRESSORS: ReadonlySet<string> = new Set(['TreeEnsembleRegressor', 'LinearRegressor', 'SVMRegressor']);

export function isClassifier(operator: string | null): boolean {
  return operator !== null && CLASSIFIERS.has(operator);
}

export function isRegressor(operator: string | null): boolean {
  return operator !== null && REGRESSORS.has(operator);
}
